using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Outsource.Tests.Fixtures;

/// <summary>
/// A small MongoDB: enough of the wire protocol (OP_MSG, and OP_QUERY until the login is done) that the real driver logs in and reads:
/// hello, saslStart, saslContinue (SCRAM-SHA-256), find, getMore, killCursors, and aggregate for a count.
/// </summary>
internal sealed class FakeMongo : IAsyncDisposable
{
    public const string User = "nt_analysis",
        Password = "p4ssw0rd-of-the-mongodb",
        Database = "xenonnt";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Queue<BsonDocument>> _cursors = new();
    private readonly Task _accepting;
    private long _nextCursor;

    public FakeMongo()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public Dictionary<string, List<BsonDocument>> Collections { get; } = new() { ["runs"] = [], ["contexts"] = [] };

    /// <summary>What stands in for a collection: documents made while they are read, so that the server does not hold them.</summary>
    public Func<string, IEnumerable<BsonDocument>>? Stream { get; set; }

    /// <summary>The commands that came in, hello left out.</summary>
    public ConcurrentQueue<BsonDocument> Commands { get; } = new();

    /// <summary>Most documents in a batch, whatever is asked for.</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>How often the connection is cut at a getMore.</summary>
    public int Cuts { get; set; }

    public int Count(string command) => Commands.Count(c => c.GetElement(0).Name == command);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var scram = new Scram();
                var head = new byte[16];
                while (true)
                {
                    await stream.ReadExactlyAsync(head, _stop.Token);
                    var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(head) - 16];
                    await stream.ReadExactlyAsync(body, _stop.Token);
                    var id = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4));
                    if (BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12)) == 2004)
                    {
                        // OP_QUERY: flags, name with a zero, skip, number, document. Answered by OP_REPLY.
                        var query = BsonSerializer.Deserialize<BsonDocument>(body[(4 + Array.IndexOf(body, (byte)0, 4) - 4 + 1 + 8)..]);
                        await SendAsync(
                            stream,
                            id,
                            1,
                            [.. new byte[4 + 8 + 4], .. BitConverter.GetBytes(1), .. Answer(query, scram)!.ToBson()]
                        );
                        continue;
                    }

                    // OP_MSG: flags, then one section of kind 0; the driver sends no other for what we are asked.
                    var command = BsonSerializer.Deserialize<BsonDocument>(body[5..]);
                    var answer = Answer(command, scram);
                    if (answer is null)
                    {
                        client.Client.Close(0);
                        return;
                    }

                    await SendAsync(stream, id, 2013, [.. new byte[4], 0, .. answer.ToBson()]);
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The client has gone.
            }
        }
    }

    private static async Task SendAsync(NetworkStream stream, int to, int code, byte[] body)
    {
        var message = new byte[16 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), to);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), code);
        body.CopyTo(message, 16);
        await stream.WriteAsync(message);
    }

    private static BsonDocument Hello() =>
        new()
        {
            ["ok"] = 1.0,
            ["isWritablePrimary"] = true,
            ["ismaster"] = true,
            ["helloOk"] = true,
            ["maxBsonObjectSize"] = 16777216,
            ["maxMessageSizeBytes"] = 48000000,
            ["maxWriteBatchSize"] = 100000,
            ["localTime"] = DateTime.UtcNow,
            ["logicalSessionTimeoutMinutes"] = 30,
            ["minWireVersion"] = 0,
            ["maxWireVersion"] = 21,
            ["readOnly"] = false,
            ["saslSupportedMechs"] = new BsonArray { "SCRAM-SHA-256" },
        };

    private BsonDocument? Answer(BsonDocument command, Scram scram)
    {
        var name = command.GetElement(0).Name;
        if (name is "hello" or "isMaster" or "ismaster" or "ping" or "endSessions")
        {
            return Hello();
        }

        Commands.Enqueue(command);
        switch (name)
        {
            case "saslStart" or "saslContinue":
                return scram.Answer(command["payload"].AsByteArray);
            case "killCursors":
                return new BsonDocument("ok", 1.0);
            case "aggregate" when scram.Done && command["pipeline"].AsBsonArray is [BsonDocument match, BsonDocument]:
                var counted = Collections[command["aggregate"].AsString].LongCount(d => Matches(d, match["$match"].AsBsonDocument));
                return new BsonDocument
                {
                    ["cursor"] = new BsonDocument
                    {
                        ["id"] = 0L,
                        ["ns"] = $"{Database}.runs",
                        ["firstBatch"] = new BsonArray
                        {
                            new BsonDocument { ["_id"] = 1, ["n"] = counted },
                        },
                    },
                    ["ok"] = 1.0,
                };
            case "find" when !scram.Done:
                return Error(13, "Unauthorized");
            case "find":
                var collection = command["find"].AsString;
                var documents = Stream?.Invoke(collection) ?? Collections[collection];
                // Prepared bytes are handed out as they are: taking them apart would be all that a bench measures.
                var found = documents
                    .Where(d => d is RawBsonDocument || Matches(d, command.GetValue("filter", new BsonDocument()).AsBsonDocument))
                    .Select(d =>
                        d is RawBsonDocument ? d : Project(d, command.GetValue("projection", new BsonDocument()).AsBsonDocument)
                    );
                if (Stream is not null)
                {
                    return First(command, found);
                }

                var cursor = Interlocked.Increment(ref _nextCursor);
                _cursors[cursor] = new Queue<BsonDocument>(found);
                return Batch(cursor, "firstBatch", collection, command);
            case "getMore" when Cuts > 0:
                Cuts--;
                return null;
            case "getMore" when _streams.TryGetValue(command["getMore"].ToInt64(), out var open):
                return Next(command["getMore"].ToInt64(), "nextBatch", open, command);
            case "getMore":
                return Batch(command["getMore"].ToInt64(), "nextBatch", command["collection"].AsString, command);
            default:
                return Error(59, "CommandNotFound");
        }
    }

    private readonly ConcurrentDictionary<long, IEnumerator<BsonDocument>> _streams = new();

    private BsonDocument First(BsonDocument command, IEnumerable<BsonDocument> found)
    {
        var cursor = Interlocked.Increment(ref _nextCursor);
        _streams[cursor] = found.GetEnumerator();
        return Next(cursor, "firstBatch", _streams[cursor], command);
    }

    private BsonDocument Next(long cursor, string name, IEnumerator<BsonDocument> open, BsonDocument command)
    {
        var batch = new BsonArray();
        var more = true;
        while (batch.Count < BatchSize && (more = open.MoveNext()))
        {
            batch.Add(open.Current);
        }

        return new BsonDocument
        {
            ["cursor"] = new BsonDocument
            {
                ["id"] = more ? cursor : 0L,
                ["ns"] = $"{Database}.runs",
                [name] = batch,
            },
            ["ok"] = 1.0,
        };
    }

    private BsonDocument Batch(long cursor, string name, string collection, BsonDocument command)
    {
        if (!_cursors.TryGetValue(cursor, out var left))
        {
            return Error(43, "CursorNotFound");
        }

        var batch = new BsonArray();
        for (var size = Math.Min(BatchSize, command.GetValue("batchSize", 101).ToInt32()); size > 0 && left.Count > 0; size--)
        {
            batch.Add(left.Dequeue());
        }

        return new BsonDocument
        {
            ["cursor"] = new BsonDocument
            {
                ["id"] = left.Count > 0 ? cursor : 0L,
                ["ns"] = $"{Database}.{collection}",
                [name] = batch,
            },
            ["ok"] = 1.0,
        };
    }

    private static BsonDocument Error(int code, string name) =>
        new()
        {
            ["ok"] = 0.0,
            ["code"] = code,
            ["codeName"] = name,
            ["errmsg"] = name,
        };

    private static BsonDocument Project(BsonDocument document, BsonDocument projection)
    {
        var fields = projection.Where(p => p.Value.ToBoolean()).Select(p => p.Name).ToHashSet();
        return fields.Count == 0
            ? document
            : new BsonDocument(
                document.Where(e =>
                    fields.Contains(e.Name) || (e.Name == "_id" && (!projection.Contains("_id") || projection["_id"].ToBoolean()))
                )
            );
    }

    /// <summary>The part of MongoDB's query language that we use: an array matches when it, or an element of it, does.</summary>
    private static bool Matches(BsonDocument document, BsonDocument filter) =>
        filter.All(clause =>
            clause.Name switch
            {
                "$or" => clause.Value.AsBsonArray.Any(f => Matches(document, f.AsBsonDocument)),
                "$and" => clause.Value.AsBsonArray.All(f => Matches(document, f.AsBsonDocument)),
                _ => MatchesField(document.GetValue(clause.Name, null!), clause.Value),
            }
        );

    private static bool MatchesField(BsonValue? value, BsonValue condition) =>
        condition is BsonDocument operators && operators.ElementCount > 0 && operators.GetElement(0).Name.StartsWith('$')
            ? operators.All(o => o.Name == "$not" ? !MatchesField(value, o.Value) : Any(value, v => Holds(v, o.Name, o.Value)))
            : Any(value, v => v == condition);

    private static bool Any(BsonValue? value, Func<BsonValue, bool> holds) =>
        value is not null && (holds(value) || (value is BsonArray array && array.Any(holds)));

    private static bool Holds(BsonValue value, string name, BsonValue operand) =>
        name switch
        {
            "$gte" when operand is BsonDateTime time => value is BsonDateTime at && at >= time,
            "$lte" when operand is BsonDateTime time => value is BsonDateTime at && at <= time,
            "$gte" => value.IsNumeric && value.ToDouble() >= operand.ToDouble(),
            "$lte" => value.IsNumeric && value.ToDouble() <= operand.ToDouble(),
            "$lt" => value.IsNumeric && value.ToDouble() < operand.ToDouble(),
            "$in" => operand.AsBsonArray.Any(o => value.IsNumeric && o.IsNumeric ? value.ToDouble() == o.ToDouble() : value == o),
            "$type" => operand == "number" ? value.IsNumeric
            : operand == (int)BsonType.Array || operand == "array" ? value.IsBsonArray
            : operand == (int)BsonType.DateTime ? value is BsonDateTime
            : throw new InvalidOperationException($"$type {operand}"),
            _ => throw new InvalidOperationException($"operator {name} is not arranged"),
        };

    /// <summary>The server's side of SCRAM-SHA-256 (RFC 7677).</summary>
    private sealed class Scram
    {
        private string _first = "",
            _answer = "",
            _nonce = "";

        public bool Done { get; private set; }

        public BsonDocument Answer(byte[] payload)
        {
            var text = Encoding.UTF8.GetString(payload);
            if (text.StartsWith("n,,", StringComparison.Ordinal))
            {
                _first = text[3..];
                _nonce = _first.Split(',').Single(p => p.StartsWith("r=", StringComparison.Ordinal))[2..] + "server";
                _answer = $"r={_nonce},s={Convert.ToBase64String(Encoding.ASCII.GetBytes("saltsaltsalt"))},i=4096";
                return Reply(_answer, false);
            }

            var proofAt = text.LastIndexOf(",p=", StringComparison.Ordinal);
            if (proofAt < 0)
            {
                return Reply("", true);
            }

            var salted = Rfc2898DeriveBytes.Pbkdf2(Password, Encoding.ASCII.GetBytes("saltsaltsalt"), 4096, HashAlgorithmName.SHA256, 32);
            var key = HMACSHA256.HashData(salted, "Client Key"u8);
            var said = Encoding.UTF8.GetBytes($"{_first},{_answer},{text[..proofAt]}");
            var signature = HMACSHA256.HashData(SHA256.HashData(key), said);
            var proof = Convert.ToBase64String([.. key.Zip(signature, (a, b) => (byte)(a ^ b))]);
            if (!_first.StartsWith($"n={User},", StringComparison.Ordinal) || proof != text[(proofAt + 3)..])
            {
                return Error(18, "AuthenticationFailed");
            }

            Done = true;
            return Reply("v=" + Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), said)), true);
        }

        private static BsonDocument Reply(string payload, bool done) =>
            new()
            {
                ["conversationId"] = 1,
                ["done"] = done,
                ["payload"] = Encoding.UTF8.GetBytes(payload),
                ["ok"] = 1.0,
            };
    }
}
