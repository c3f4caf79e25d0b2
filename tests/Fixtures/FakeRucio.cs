using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Outsource.Tests.Fixtures;

/// <summary>
/// A Rucio that speaks the REST protocol of docs/domain.md §3: two ways to log in, and the files of datasets, one by one and in bulk, where
/// it leaves out those it does not know, as <c>bulk_list_files</c> does.
/// </summary>
internal sealed class FakeRucio : IAsyncDisposable
{
    public const string Account = "production",
        User = "tester",
        Password = "p4ssw0rd-of-rucio";

    private int _tokens;

    private FakeRucio(LoopbackServer server) => Server = server;

    public LoopbackServer Server { get; }

    /// <summary>DID → names of its files.</summary>
    public Dictionary<string, string[]> Datasets { get; } = [];

    /// <summary>Whether it answers questions for the files of many datasets; if not, with 405.</summary>
    public bool HasBulk { get; set; } = true;

    /// <summary>Datasets that such an answer leaves out.</summary>
    public HashSet<string> NotInBulk { get; } = [];

    /// <summary>DID → dataset with replicas and rules; these are answered in all ways.</summary>
    public Dictionary<string, FakeDataset> Whole { get; } = [];

    /// <summary>Whether it answers questions for the locks of many datasets, as Rucio does from 1.27 on; if not, with 404.</summary>
    public bool HasLocks { get; set; } = true;

    public string Token { get; private set; } = "rucio-token-0-secret";

    public string Expires { get; set; } = "Wed, 01 Jan 2200 00:00:00 UTC";

    public static async Task<FakeRucio> StartAsync(
        X509Certificate2? certificate = null,
        Func<X509Certificate2, X509Chain?, bool>? client = null
    )
    {
        var rucio = new FakeRucio(await LoopbackServer.StartAsync(certificate, client));
        rucio.Server.Always = rucio.AnswerAsync;
        return rucio;
    }

    /// <summary>From now on the old token is refused.</summary>
    public void ExpireTokens() => Token = "rucio-token-none-secret";

    /// <summary>A dataset of so many chunks and its metadata.</summary>
    public void Add(string did, int chunks)
    {
        var name = did[(did.IndexOf(':') + 1)..];
        Datasets[did] = [.. Enumerable.Range(0, chunks).Select(i => $"{name}-{i:D6}"), $"{name}-metadata.json"];
    }

    /// <summary>A server whose tokens this one gives; null: its own.</summary>
    public FakeRucio? Tokens { get; set; }

    public string Config(string more = "", string type = "userpass", Uri? auth = null) =>
        $"""
            [client]
            rucio_host = {Server.Address.AbsoluteUri.TrimEnd('/')}
            auth_host = {(auth ?? Server.Address).AbsoluteUri.TrimEnd('/')}
            auth_type = {type}
            account = {Account}
            username = {User}
            password = {Password}
            {more}
            """;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<bool> AnswerAsync(HttpContext http)
    {
        var request = http.Request;
        switch (request.Path.Value!.Trim('/').Split('/'))
        {
            case ["auth", var kind]:
                var let =
                    request.Headers["X-Rucio-Account"] == Account
                    && (
                        kind is "x509_proxy" or "x509"
                            ? http.Connection.ClientCertificate is not null
                            : request.Headers["X-Rucio-Username"] == User && request.Headers["X-Rucio-Password"] == Password
                    );
                if (!let)
                {
                    http.Response.StatusCode = 401;
                    http.Response.Headers["ExceptionClass"] = "CannotAuthenticate";
                    return true;
                }

                Token = $"rucio-token-{Interlocked.Increment(ref _tokens)}-secret";
                http.Response.Headers["X-Rucio-Auth-Token"] = Tokens?.Token ?? Token;
                http.Response.Headers["X-Rucio-Auth-Token-Expires"] = Expires;
                return true;
            case ["replicas", "list"] or ["locks", "bulk_locks_for_dids"] or ["dids", _, _, "rules"]:
                await AnswerWholeAsync(http);
                return true;
            case ["dids", "bulkfiles"]:
                if (!HasBulk || !Allowed(http))
                {
                    http.Response.StatusCode = HasBulk ? 401 : 405;
                    return true;
                }

                using (var asked = JsonDocument.Parse((string)http.Items["body"]!))
                {
                    http.Response.ContentType = "application/x-json-stream";
                    foreach (var did in asked.RootElement.GetProperty("dids").EnumerateArray())
                    {
                        var (scope, name) = (did.GetProperty("scope").GetString()!, did.GetProperty("name").GetString()!);
                        if (Whole.TryGetValue($"{scope}:{name}", out var whole))
                        {
                            await http.Response.WriteAsync(whole.Files($$""", "parent_scope": "{{scope}}", "parent_name": "{{name}}" """));
                            continue;
                        }

                        await http.Response.WriteAsync(
                            Lines(
                                scope,
                                NotInBulk.Contains($"{scope}:{name}") ? [] : Datasets.GetValueOrDefault($"{scope}:{name}", []),
                                $""", "parent_scope": "{scope}", "parent_name": "{name}" """
                            )
                        );
                    }
                }

                return true;
            case ["dids", var scope, var name, "files"]:
                if (!Allowed(http))
                {
                    http.Response.StatusCode = 401;
                }
                else if (Whole.TryGetValue($"{scope}:{name}", out var whole))
                {
                    await http.Response.WriteAsync(whole.Files(""));
                }
                else if (!Datasets.TryGetValue($"{scope}:{name}", out var files))
                {
                    http.Response.StatusCode = 404;
                    http.Response.Headers["ExceptionClass"] = "DataIdentifierNotFound";
                }
                else
                {
                    http.Response.ContentType = "application/x-json-stream";
                    await http.Response.WriteAsync(Lines(scope, files, ""));
                }

                return true;
            default:
                return false;
        }
    }

    private async Task AnswerWholeAsync(HttpContext http)
    {
        if (!Allowed(http))
        {
            http.Response.StatusCode = 401;
            return;
        }

        var path = http.Request.Path.Value!.Trim('/').Split('/');
        if (path is ["locks", ..] && !HasLocks)
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = "application/x-json-stream";
        foreach (var did in path is ["dids", var scope, var name, _] ? [$"{scope}:{name}"] : Asked(http))
        {
            if (Whole.TryGetValue(did, out var whole))
            {
                await http.Response.WriteAsync(path is ["replicas", ..] ? whole.Replicas() : whole.Rules(path is ["locks", ..]));
            }
        }
    }

    private static List<string> Asked(HttpContext http)
    {
        using var asked = JsonDocument.Parse((string)http.Items["body"]!);
        return
        [
            .. asked
                .RootElement.GetProperty("dids")
                .EnumerateArray()
                .Select(d => $"{d.GetProperty("scope").GetString()}:{d.GetProperty("name").GetString()}"),
        ];
    }

    private bool Allowed(HttpContext http) => http.Request.Headers["X-Rucio-Auth-Token"] == Token;

    private static string Lines(string scope, string[] files, string more)
    {
        var lines = new StringBuilder();
        foreach (var file in files)
        {
            lines
                .Append(
                    $$"""{"scope": "{{scope}}", "name": "{{file}}", "bytes": 1000, "adler32": "00000000","""
                        + $$""" "guid": null, "events": null{{more}}}"""
                )
                .Append('\n');
        }

        return lines.ToString();
    }
}
