using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>
/// The files of datasets from a file (<c>rucio = file:PATH</c>), plain or gzip: a JSON object from DID to file names, or JSON lines
/// <c>{"did", "name", "bytes"}</c>, one file a line; with <c>scope</c> instead of <c>did</c>, as Rucio lists them, the name shows the
/// dataset. Read once, token by token; only counts are held.
/// </summary>
public sealed class SnapshotDatasetSource : IDatasetSource
{
    /// <summary>No name or number is longer; nothing longer is held. In bytes.</summary>
    private const int LongestToken = 16 << 20;

    private readonly IFileSystem _disk;
    private readonly string _path;
    private readonly ListedFiles _files;
    private readonly Lazy<Parser> _listings;

    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="files">Whether listings keep their files one by one.</param>
    public SnapshotDatasetSource(IFileSystem disk, string path, ListedFiles files = ListedFiles.Sized)
    {
        _files = files;
        _disk = disk;
        _path = path;
        _listings = new Lazy<Parser>(Read);
    }

    public string Name => new SourceChoice.Snapshot(_path).ToString();

    public Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
    {
        var listing = _listings.Value.Found.GetValueOrDefault(did);
        return _listings.Value.Errors.TryGetValue(did, out var error) ? throw new SourceErrorException(error)
            : listing?.Contradiction is { } wrong ? throw new SourceErrorException($"{Name}: {wrong}")
            : Task.FromResult(listing);
    }

    private Parser Read()
    {
        try
        {
            return ReadWhole();
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new UsageException(
                $"Rucio snapshot '{_path}' is not valid: {error.Message} It must be a JSON object from DID to file names, "
                    + "or JSON lines with did, name and bytes; plain or gzip."
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"Rucio snapshot '{_path}' cannot be read: {DiskFault.Why(error, _path)}. Name another with --rucio=file:PATH."
            );
        }
    }

    /// <summary>Numbers that only Python writes are rare, so they are looked for only after a first reading has failed.</summary>
    private Parser ReadWhole()
    {
        try
        {
            using var plain = MaybeGzip.Open(_disk, _path);
            return Read(plain);
        }
        catch (JsonException)
        {
            using var replaced = new PythonNumbers.Stream(MaybeGzip.Open(_disk, _path));
            return Read(replaced);
        }
    }

    private Parser Read(Stream stream)
    {
        var state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = JsonShape.Deepest });
        var parser = new Parser(_files);
        var buffer = new byte[1 << 16];
        int held = 0;
        for (var end = false; !end;)
        {
            if (held == buffer.Length)
            {
                if (buffer.Length >= LongestToken)
                {
                    throw new InvalidDataException($"a name or number in it is longer than {LongestToken >> 20} MB.");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = stream.Read(buffer, held, buffer.Length - held);
            end = read == 0;
            held += read;
            var reader = new Utf8JsonReader(buffer.AsSpan(0, held), end, state);
            while (reader.Read())
            {
                parser.Take(ref reader);
            }

            var used = (int)reader.BytesConsumed;
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
            state = reader.CurrentState;
        }

        return parser;
    }

    /// <summary>Puts tokens together; it keeps its state at the end of a buffer.</summary>
    private sealed class Parser(ListedFiles files)
    {
        private string _property = "",
            _inner = "";
        private string? _did,
            _lastDid,
            _error,
            _scope,
            _innerName;

        /// <summary>The name of the record's file, and its length; -1: it has none.</summary>
        private char[] _name = new char[256];
        private int _nameLength = -1;
        private DatasetListing? _last;

        /// <summary>The DID that was read last, and its bytes.</summary>
        private string? _didOfBytes;
        private byte[] _didBytes = [];
        private decimal? _bytes,
            _innerBytes;
        private DatasetListing? _list;

        /// <summary>DIDs on which the source had failed when the snapshot was saved, and how.</summary>
        public Dictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, DatasetListing> Found { get; } = new(StringComparer.Ordinal);

        public void Take(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType, reader.CurrentDepth)
            {
                case (JsonTokenType.StartObject, 0):
                    (_did, _error, _scope, _nameLength, _bytes) = (null, null, null, -1, null);
                    break;
                case (JsonTokenType.EndObject, 0):
                    EndRecord();
                    break;
                case (_, 0):
                    throw new JsonException("Expected an object.");
                case (JsonTokenType.PropertyName, 1):
                    _property = PropertyOf(ref reader);
                    break;
                case (JsonTokenType.StartArray, 1):
                    _list = Of(_property);
                    break;
                case (JsonTokenType.EndArray, 1):
                    _list = null;
                    break;
                case (JsonTokenType.String, 2) when _list is not null:
                    Add(_list, reader.GetString()!, null);
                    break;
                case (JsonTokenType.StartObject, 2):
                    (_innerName, _innerBytes) = (null, null);
                    break;
                case (JsonTokenType.PropertyName, 3):
                    _inner = reader.GetString()!;
                    break;
                case (JsonTokenType.String, 3) when _inner == "name":
                    _innerName = reader.GetString();
                    break;
                case (JsonTokenType.Number, 3) when _inner == "bytes":
                    _innerBytes = FileLines.SizeOf(ref reader);
                    break;
                case (JsonTokenType.EndObject, 2) when _innerName is not null:
                    Add(_list, _innerName, _innerBytes);
                    break;
                case (JsonTokenType.String, 1):
                    TakeText(ref reader);
                    break;
                case (JsonTokenType.Number, 1) when _property == "bytes":
                    _bytes = FileLines.SizeOf(ref reader);
                    break;
            }
        }

        /// <summary>The names that records have need no text of their own; any other may be a DID.</summary>
        private static string PropertyOf(ref Utf8JsonReader reader) =>
            reader.ValueTextEquals("did"u8) ? "did"
            : reader.ValueTextEquals("name"u8) ? "name"
            : reader.ValueTextEquals("bytes"u8) ? "bytes"
            : reader.GetString()!;

        private void TakeText(ref Utf8JsonReader reader)
        {
            switch (_property)
            {
                case "did":
                    _did = DidOf(ref reader);
                    break;
                case "error":
                    _error = reader.GetString();
                    break;
                case "scope":
                    _scope = reader.GetString();
                    break;
                case "name":
                    _name = reader.ValueSpan.Length > _name.Length ? new char[reader.ValueSpan.Length] : _name;
                    _nameLength = reader.CopyString(_name);
                    break;
            }
        }

        /// <summary>The DID, most often that of the record before: those bytes need no text of their own.</summary>
        private string DidOf(ref Utf8JsonReader reader)
        {
            if (_didOfBytes is not null && reader.ValueSpan.SequenceEqual(_didBytes))
            {
                return _didOfBytes;
            }

            var did = reader.GetString()!;
            (_didOfBytes, _didBytes) = reader.ValueIsEscaped ? (null, []) : (did, reader.ValueSpan.ToArray());
            return did;
        }

        private void EndRecord()
        {
            if (_did is not null && _error is not null)
            {
                Errors[_did] = _error;
            }
            else if (_did is not null && _nameLength < 0)
            {
                Of(_did);
            }
            else if (_nameLength >= 0)
            {
                var name = _name.AsSpan(0, _nameLength);
                if ((_did ?? DatasetOf(_scope, name)) is { } did)
                {
                    Add(Of(did), name, _bytes);
                }
            }
        }

        private DatasetListing Of(string did)
        {
            if (_last is not null && ReferenceEquals(did, _lastDid))
            {
                return _last;
            }

            if (!Found.TryGetValue(did, out var listing))
            {
                Found[did] = listing = new DatasetListing(did, files);
            }

            (_lastDid, _last) = (did, listing);
            return listing;
        }

        private static string? DatasetOf(string? scope, ReadOnlySpan<char> name) =>
            scope is not null && name.LastIndexOf('-') is > 0 and var dash ? $"{scope}:{name[..dash]}" : null;

        /// <summary>Adds a file, whose name may have its scope before it.</summary>
        private void Add(DatasetListing? list, ReadOnlySpan<char> name, decimal? bytes)
        {
            var colon = name.IndexOf(':');
            list?.Add(name[(colon + 1)..], bytes, colon > 0 ? name[..colon].ToString() : _scope);
        }
    }
}
