using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outsource.Tests.Fixtures;

/// <summary>A RunDB that speaks the REST protocol of docs/domain.md §3: login, pages, runs, contexts.</summary>
internal sealed class FakeRunDb : IAsyncDisposable
{
    public const string User = "tester",
        Password = "p4ssw0rd-of-the-rundb";

    private readonly Dictionary<int, string> _byNumber = [];
    private readonly List<string> _listing = [];
    private int _tokens;

    private FakeRunDb(LoopbackServer server) => Server = server;

    public LoopbackServer Server { get; }

    public int PageSize { get; set; } = 1000;

    /// <summary>The fields a listing shows; null: all.</summary>
    public string[]? ListedFields { get; set; } = ["number", "name", "mode", "source", "tags", "detectors", "start", "end"];

    /// <summary>The token that lets in.</summary>
    public string Token { get; private set; } = "token-0-secret";

    public Dictionary<string, string> Contexts { get; } = [];

    public static async Task<FakeRunDb> StartAsync(IEnumerable<string>? documents = null)
    {
        var rundb = new FakeRunDb(await LoopbackServer.StartAsync());
        rundb.Server.Always = rundb.AnswerAsync;
        foreach (var document in documents ?? [])
        {
            rundb.Add(document);
        }

        return rundb;
    }

    /// <summary>Adds a document; what is no JSON object with a number is listed only.</summary>
    public void Add(string document)
    {
        var node = JsonNode.Parse(document);
        if (
            node is JsonObject one
            && one["number"] is JsonValue value
            && value.GetValueKind() == JsonValueKind.Number
            && value.TryGetValue<double>(out var number)
            && number == Math.Floor(number)
            && number >= 0
        )
        {
            _byNumber.TryAdd((int)number, document);
        }

        if (node is JsonObject all && ListedFields is not null)
        {
            foreach (var name in all.Select(p => p.Key).Except(ListedFields).ToList())
            {
                all.Remove(name);
            }
        }

        _listing.Add(node?.ToJsonString() ?? "null");
    }

    /// <summary>From now on the old token is refused.</summary>
    public void ExpireTokens() => Token = "token-none-secret";

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>The entries of a run.</summary>
    public JsonArray DataOf(int run) => JsonNode.Parse(_byNumber[run])!["data"]!.AsArray();

    /// <summary>Changes the entries of a run, as somebody else does.</summary>
    public void Set(int run, Action<JsonArray> change)
    {
        var document = JsonNode.Parse(_byNumber[run])!;
        change(document["data"]!.AsArray());
        _byNumber[run] = document.ToJsonString();
    }

    /// <summary>
    /// As the server of 2019: POST appends, and DELETE removes every entry that has the fields that are sent with the same values.
    /// </summary>
    private void Change(int run, string method, JsonObject sent) =>
        Set(
            run,
            data =>
            {
                if (method == "POST")
                {
                    data.Add(sent.DeepClone());
                    return;
                }

                foreach (var entry in data.ToList().Where(e => sent.All(f => JsonNode.DeepEquals(e![f.Key], f.Value))))
                {
                    data.Remove(entry);
                }
            }
        );

    private async Task<bool> AnswerAsync(HttpContext http)
    {
        var parts = http.Request.Path.Value!.Trim('/').Split('/');
        if (parts is ["login"])
        {
            var given = JsonNode.Parse((string)http.Items["body"]!)!;
            if ((string?)given["username"] != User || (string?)given["password"] != Password)
            {
                await LoopbackServer.JsonAsync(http, """{"error": "Bad credentials"}""", 401);
                return true;
            }

            Token = $"token-{Interlocked.Increment(ref _tokens)}-secret";
            await LoopbackServer.JsonAsync(http, $$"""{"access_token": "{{Token}}"}""");
            return true;
        }

        if (http.Request.Headers.Authorization != "Bearer " + Token)
        {
            await LoopbackServer.JsonAsync(http, """{"error": "Unauthorized"}""", 401);
            return true;
        }

        switch (parts)
        {
            case ["runs", "page", var page]:
                var skip = (int.Parse(page) - 1) * PageSize;
                await LoopbackServer.JsonAsync(http, $$"""{"results": [{{string.Join(", ", _listing.Skip(skip).Take(PageSize))}}]}""");
                return true;
            case ["runs", "number", var number, "data"] when http.Request.Method == "GET":
                await LoopbackServer.JsonAsync(http, $"{{\"results\": {{\"data\": {DataOf(int.Parse(number)).ToJsonString()}}}}}");
                return true;
            case ["run", "number", var number, "data"]:
                Change(int.Parse(number), http.Request.Method, JsonNode.Parse((string)http.Items["body"]!)!.AsObject());
                await LoopbackServer.JsonAsync(http, "{}");
                return true;
            case ["runs", "number", var number]:
                await LoopbackServer.JsonAsync(http, $$"""{"results": {{_byNumber.GetValueOrDefault(int.Parse(number), "null")}}}""");
                return true;
            case ["contexts", var version, var name]:
                var found = Contexts.GetValueOrDefault($"{version}/{name}");
                await LoopbackServer.JsonAsync(http, $$"""{"results": {{found ?? "null"}}}""", found is null ? 404 : 200);
                return true;
            default:
                return false;
        }
    }
}
