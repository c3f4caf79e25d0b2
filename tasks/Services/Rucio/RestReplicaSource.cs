using System.Net;
using Outsource.Foundation.Errors;
using Outsource.Model.Reconciling;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>
/// Datasets with replicas and rules over REST, in three questions for many datasets: <c>POST /dids/bulkfiles</c> (names, sizes and
/// checksums of the catalogue), <c>POST /replicas/list</c> (the state of each replica; of datasets it lists only files that have one)
/// and <c>POST /locks/bulk_locks_for_dids</c> (the locks that rules have put on datasets, from Rucio 1.27 on). A server without one of
/// them is asked for each dataset. What is said of the answers is Rucio's own code of 2026.
/// </summary>
/// <param name="client">Sends the requests.</param>
public sealed class RestReplicaSource(RucioClient client) : IReplicaSource, IReportsRequests, IDisposable
{
    /// <summary>A file with two replicas takes about a kilobyte, and a dataset has at most some thousand files. In bytes.</summary>
    private const long LongestAnswer = 1L << 30;

    private const string File = "one JSON object a line, a file with 'scope' and 'name'",
        Rule = "one JSON object a line, a rule or lock with 'rse' and 'state'";

    private static readonly HashSet<HttpStatusCode> Statuses =
    [
        HttpStatusCode.Created,
        HttpStatusCode.NotFound,
        HttpStatusCode.MethodNotAllowed,
        HttpStatusCode.Unauthorized,
    ];

    private volatile bool _withoutFiles,
        _withoutLocks;

    public string Name => new SourceChoice.Rest().ToString();

    public string Summary => client.Summary;

    public int AtOnce => 50;

    public async Task<IReadOnlyDictionary<string, StoredDataset>> AskAsync(IReadOnlyList<string> dids, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dids);
        try
        {
            return await AskTogetherAsync(dids, cancel).ConfigureAwait(false);
        }
        catch (ServiceException error) when (!error.OfAll)
        {
            if (dids is [var only])
            {
                return new Dictionary<string, StoredDataset> { [only] = new() { Fault = error.Message.TrimEnd('.') } };
            }
        }

        // Each fault is that of one dataset.
        var answers = new Dictionary<string, StoredDataset>(StringComparer.Ordinal);
        foreach (var did in dids)
        {
            answers[did] = (await AskAsync([did], cancel).ConfigureAwait(false))[did];
        }

        return answers;
    }

    public void Dispose() => client.Dispose();

    private async Task<Dictionary<string, StoredDataset>> AskTogetherAsync(IReadOnlyList<string> dids, CancellationToken cancel)
    {
        var drafts = dids.ToDictionary(d => d, d => new DatasetDraft(d), StringComparer.Ordinal);
        await ListFilesAsync(drafts, dids, cancel).ConfigureAwait(false);

        // A server may refuse the whole question for one dataset that it does not know, and those without files have no replicas.
        var there = dids.Where(d => drafts[d].Files > 0).ToList();
        if (there.Count > 0)
        {
            await ListReplicasAsync(drafts, there, cancel).ConfigureAwait(false);
            await ListRulesAsync(drafts, there, cancel).ConfigureAwait(false);
        }

        return drafts.ToDictionary(d => d.Key, d => d.Value.Done(), StringComparer.Ordinal);
    }

    private async Task ListFilesAsync(Dictionary<string, DatasetDraft> drafts, IReadOnlyList<string> dids, CancellationToken cancel)
    {
        string? last = null;
        var known = !_withoutFiles && dids.Count > 1;
        if (known)
        {
            known = await AskForManyAsync(
                    "bulkfiles",
                    ["dids", "bulkfiles"],
                    BulkQuestion.Of(dids, ListedFiles.Counted).Body,
                    new JsonStream(
                        File,
                        file =>
                        {
                            last = $"{file.GetProperty("parent_scope").GetString()}:{file.GetProperty("parent_name").GetString()}";
                            drafts[last].AddFile(file);
                        }
                    ),
                    () => Clear(drafts, dids),
                    cancel
                )
                .ConfigureAwait(false);
            _withoutFiles |= !known;
        }

        // Rucio answers in the order of the question, so only the last dataset of an answer that broke off can lack files; whether later
        // ones are unknown is asked for each, as for the last.
        var doubtful = known ? DoubtfulOf(drafts, dids, last) : dids;
        foreach (var did in doubtful)
        {
            drafts[did].Clear();
            await ListFilesAsync(drafts[did], did, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Of an answer that ends before the last dataset: the last one it has, and the next. If both are as the answer says, it did not
    /// break off, and the others are not there.
    /// </summary>
    private static IEnumerable<string> DoubtfulOf(Dictionary<string, DatasetDraft> drafts, IReadOnlyList<string> dids, string? last)
    {
        var at = last is null ? -1 : dids.ToList().LastIndexOf(last);
        return dids.Skip(at + 1).Any(d => drafts[d].Files == 0) ? dids.Skip(Math.Max(0, at)).Take(2) : [];
    }

    private static void Clear(Dictionary<string, DatasetDraft> drafts, IReadOnlyList<string> dids)
    {
        foreach (var did in dids)
        {
            drafts[did] = new DatasetDraft(did);
        }
    }

    private Task ListFilesAsync(DatasetDraft draft, string did, CancellationToken cancel)
    {
        var (scope, name) = (did[..did.IndexOf(':', StringComparison.Ordinal)], did[(did.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        var request = new ServiceRequest(HttpMethod.Get, "GET /dids/{scope}/{name}/files", "dids", scope, name, "files")
        {
            Answers = Statuses,
            Largest = LongestAnswer,
        };
        return client.SendAsync(
            request,
            async (answer, ct) =>
            {
                draft.Clear();
                if (answer.Status == HttpStatusCode.NotFound)
                {
                    await RestDatasetSource.CheckUnknownAsync(answer, ct).ConfigureAwait(false);
                }
                else if (answer.Status == HttpStatusCode.OK)
                {
                    await new JsonStream(File, draft.AddFile).ReadAsync(answer, ct).ConfigureAwait(false);
                }

                return (answer.Status != HttpStatusCode.Unauthorized, true);
            },
            cancel
        );
    }

    private async Task ListReplicasAsync(Dictionary<string, DatasetDraft> drafts, List<string> dids, CancellationToken cancel)
    {
        var isKnown = await AskForManyAsync(
                "replicas",
                ["replicas", "list"],
                BulkQuestion.Of(dids, ListedFiles.Counted).WithOptions(("all_states", true), ("resolve_archives", false)),
                new JsonStream(
                    File,
                    file =>
                    {
                        // A file is named after its dataset, and has its scope.
                        var name = file.GetProperty("name").GetString()!;
                        var dash = name.EndsWith("-metadata.json", StringComparison.Ordinal)
                            ? name.Length - "-metadata.json".Length
                            : name.LastIndexOf('-');
                        if (dash > 0 && drafts.TryGetValue($"{DatasetDraft.TextOf(file, "scope")}:{name[..dash]}", out var draft))
                        {
                            draft.AddReplicas(file);
                        }
                    }
                ),
                () => { },
                cancel
            )
            .ConfigureAwait(false);
        if (!isKnown)
        {
            throw new OutsourceException(
                "Rucio does not answer POST /replicas/list, so it is not known which files can be read. Check rucio_host in rucio.cfg."
            );
        }
    }

    private async Task ListRulesAsync(Dictionary<string, DatasetDraft> drafts, List<string> dids, CancellationToken cancel)
    {
        if (!_withoutLocks)
        {
            var isKnown = await AskForManyAsync(
                    "locks",
                    ["locks", "bulk_locks_for_dids"],
                    BulkQuestion.Of(dids, ListedFiles.Counted).Body,
                    new JsonStream(
                        Rule,
                        rule => drafts[$"{rule.GetProperty("scope").GetString()}:{rule.GetProperty("name").GetString()}"].AddRule(rule)
                    ),
                    () => dids.ForEach(d => drafts[d].ClearRules()),
                    cancel
                )
                .ConfigureAwait(false);
            if (isKnown)
            {
                return;
            }

            _withoutLocks = true;
        }

        foreach (var did in dids)
        {
            var colon = did.IndexOf(':', StringComparison.Ordinal);
            var request = new ServiceRequest(
                HttpMethod.Get,
                "GET /dids/{scope}/{name}/rules",
                "dids",
                did[..colon],
                did[(colon + 1)..],
                "rules"
            )
            {
                Answers = Statuses,
            };
            _ = await SendAsync(request, new JsonStream(Rule, drafts[did].AddRule), drafts[did].ClearRules, cancel).ConfigureAwait(false);
        }
    }

    private Task<bool> AskForManyAsync(
        string what,
        string[] path,
        Func<HttpContent> body,
        JsonStream reader,
        Action begin,
        CancellationToken cancel
    ) =>
        SendAsync(
            new ServiceRequest(HttpMethod.Post, $"POST {what}", path)
            {
                Body = body,
                Answers = Statuses,
                Largest = LongestAnswer,
            },
            reader,
            begin,
            cancel
        );

    /// <summary>Sends a question. False: the server does not know it.</summary>
    private Task<bool> SendAsync(ServiceRequest request, JsonStream reader, Action begin, CancellationToken cancel) =>
        client.SendAsync(
            request,
            async (answer, ct) =>
            {
                begin();
                switch (answer.Status)
                {
                    case HttpStatusCode.Unauthorized:
                        return (false, false);
                    case HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed:
                        return (true, false);
                    default:
                        await reader.ReadAsync(answer, ct).ConfigureAwait(false);
                        return (true, true);
                }
            },
            cancel
        );
}
