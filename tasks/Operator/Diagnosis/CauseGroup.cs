using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Outsource.Model.Failures;
using Outsource.Workflows.State;

namespace Outsource.Operator.Diagnosis;

/// <summary>The jobs of one cause that are all held, or have all failed.</summary>
/// <param name="Name">Name of the cause; of one that the table does not have, <c>unknown-</c> and digits that its message gives.</param>
/// <param name="Jobs">The jobs, in the order of the DAG; at least one.</param>
public sealed record CauseGroup(string Name, ImmutableArray<DiagnosedJob> Jobs)
{
    /// <summary>Whether its jobs are held in the queue.</summary>
    public bool IsHeld => Jobs[0].IsHeld;

    /// <summary>The cause; null: the table has none.</summary>
    public KnownCause? Known => Jobs[0].Known;

    /// <summary>The runs of its jobs, ascending.</summary>
    public ImmutableArray<int> Runs { get; } = [.. Jobs.Select(j => j.Node.Name.Run).OfType<int>().Distinct().Order()];

    /// <summary>Sites where its jobs were, the most frequent first.</summary>
    public ImmutableArray<string> Sites { get; } =
    [
        .. Jobs.Select(j => j.Site)
            .OfType<string>()
            .GroupBy(s => s, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key),
    ];

    /// <summary>The shortest useful part of what was said of the first that something was said of; or null.</summary>
    public string? Excerpt => Jobs.Select(j => j.Excerpt).FirstOrDefault(e => e is not null);

    /// <summary>
    /// Jobs by cause, held ones and others apart, since other commands mend them. Unknown causes come first, then those that no retry
    /// cures, then the largest.
    /// </summary>
    public static ImmutableArray<CauseGroup> Of(IEnumerable<DiagnosedJob> jobs) =>
        [
            .. jobs.GroupBy(j => (Name: NameOf(j), j.IsHeld))
                .Select(g => new CauseGroup(g.Key.Name, [.. g]))
                .OrderBy(g => g.Known is null ? 0 : g.Known.Retryable ? 2 : 1)
                .ThenByDescending(g => g.Jobs.Length)
                .ThenBy(g => g.Name, StringComparer.Ordinal)
                .ThenBy(g => g.IsHeld),
        ];

    /// <summary>The same message gives the same name in every look, so that a command can name it.</summary>
    private static string NameOf(DiagnosedJob job) =>
        job.Known?.Name
        ?? $"unknown-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(HoldReasons.KeyOf(job.Excerpt ?? ""))))[..6]}";
}
