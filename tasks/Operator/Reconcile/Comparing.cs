using System.Collections.Concurrent;
using System.Collections.Immutable;
using Outsource.Model.Reconciling;
using Outsource.Services.Rucio;

namespace Outsource.Operator.Reconcile;

/// <summary>A comparison: what was found of each data type of each run, and the evidence of what this program can mend.</summary>
/// <param name="Findings">In the order of what was expected.</param>
/// <param name="Evidence">By dataset.</param>
public sealed record Comparison(ImmutableArray<Finding> Findings, IReadOnlyDictionary<string, Evidence> Evidence);

/// <summary>Compares what is expected with Rucio and the run database: datasets by the question, several questions at a time.</summary>
/// <param name="source">Rucio.</param>
/// <param name="metadata">Gives the metadata of datasets.</param>
/// <param name="parallel">Maximum questions at the same time.</param>
public sealed class Comparing(IReplicaSource source, MetadataFiles metadata, int parallel)
{
    private readonly ConcurrentDictionary<string, Evidence> _evidence = new(StringComparer.Ordinal);

    /// <summary>Compares.</summary>
    /// <param name="data">What is expected, each once.</param>
    /// <param name="entered">What the run database has.</param>
    /// <param name="compared">Called after each.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="Foundation.Errors.OutsourceException">Rucio as a whole does not answer.</exception>
    public async Task<Comparison> RunAsync(
        IReadOnlyList<ExpectedData> data,
        EnteredRuns entered,
        Action compared,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(entered);
        ArgumentNullException.ThrowIfNull(compared);
        var findings = new Finding[data.Count];
        var size = Math.Clamp((data.Count + parallel - 1) / parallel, 1, source.AtOnce);
        await Parallel
            .ForEachAsync(
                Enumerable.Range(0, data.Count).Chunk(size),
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel },
                async (some, token) =>
                {
                    var datasets = await source.AskAsync([.. some.Select(i => data[i].Did)], token).ConfigureAwait(false);
                    foreach (var i in some)
                    {
                        findings[i] = await JudgeAsync(data[i], entered, datasets[data[i].Did], token).ConfigureAwait(false);
                        compared();
                    }
                }
            )
            .ConfigureAwait(false);
        return new Comparison([.. findings], _evidence);
    }

    private async Task<Finding> JudgeAsync(ExpectedData data, EnteredRuns entered, StoredDataset dataset, CancellationToken cancel)
    {
        var evidence = new Evidence(data, entered.Of(data.Run, data.Type), dataset) { EntriesFault = entered.FaultOf(data.Run) };
        var file = dataset.Files.GetValueOrDefault(data.MetadataFile);
        if (file is not null && metadata.Here(data, file) is { } here)
        {
            evidence = evidence with { Metadata = here };
        }

        var found = DatasetJudge.Of(evidence);
        if (found.Outcome == ReconcileOutcome.Unproved && evidence.Metadata is null && file is not null)
        {
            // Only where nothing else speaks against the data: a copy takes a second, and there may be thousands.
            var (read, why) = await metadata.FetchAsync(data, file, cancel).ConfigureAwait(false);
            evidence = evidence with { Metadata = read, WhyNoMetadata = why ?? evidence.WhyNoMetadata };
            found = DatasetJudge.Of(evidence);
        }

        if (found.Steps.Any(s => s.IsOurs))
        {
            _evidence[data.Did] = evidence;
        }

        return found;
    }
}
