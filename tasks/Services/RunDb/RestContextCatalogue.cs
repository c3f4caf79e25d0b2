using System.Net;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>Context documents over REST, where they are found by straxen version and name.</summary>
/// <param name="client">The RunDB.</param>
/// <param name="straxenVersion">The release, or null when it is not known.</param>
/// <param name="configFile">Where it can be set, for error messages.</param>
public sealed class RestContextCatalogue(RunDbClient client, string? straxenVersion, string configFile) : IContextCatalogue, IDisposable
{
    public string Name => straxenVersion is null ? "the RunDB (rest)" : $"the RunDB (rest, straxen {straxenVersion})";

    public async Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'results', a context document";
        if (straxenVersion is null)
        {
            throw new UsageException(
                "over REST the RunDB finds a context by its straxen version, but no straxen version is set. Write straxen_version into "
                    + $"[Outsource] of {configFile}, pass --straxen-version=VERSION, name a file with --context-file=FILE, or source a "
                    + "release whose python3 can import cutax."
            );
        }

        var request = new ServiceRequest(
            HttpMethod.Get,
            "GET /contexts/{version}/{context}/",
            "contexts",
            straxenVersion.Replace('.', '_'),
            context,
            ""
        )
        {
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
        };
        return await client
            .GetAsync<IReadOnlyList<ContextDocument>>(
                request,
                async (answer, ct) =>
                {
                    if (answer.Status == HttpStatusCode.NotFound)
                    {
                        return [];
                    }

                    var body = await JsonAnswer.BytesAsync(answer, ct).ConfigureAwait(false);
                    var results =
                        JsonAnswer.Field(body.Span, "results", Expected)
                        ?? throw new WrongShapeException($"'results' is missing, expected {Expected}");
                    using var json = JsonAnswer.Parse(body[results]);
                    if (json.RootElement.ValueKind == JsonValueKind.Null)
                    {
                        return [];
                    }

                    var faults = new List<Fault>();
                    var document = ContextDocumentReader.Read(json.RootElement, "the context document", Name, faults);
                    return document is not null
                        ? [document with { OnePerStraxen = true }]
                        : throw new WrongShapeException(string.Join(" ", faults.Select(f => f.Text.TrimEnd('.'))));
                },
                cancel
            )
            .ConfigureAwait(false);
    }

    public void Dispose() => client.Dispose();
}
