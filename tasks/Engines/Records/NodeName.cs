using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Engines.Records;

/// <summary>The parts of a DAG node's name.</summary>
/// <param name="Job">Job name: <c>peaklets</c>, <c>combine</c>; of a job that the planner added, its kind: <c>stage_in</c>.</param>
/// <param name="Run">Run number, or null for a job that the planner added.</param>
/// <param name="Type">Data type, or null.</param>
/// <param name="Part">Index of a chunk job, <c>combine</c>, <c>untar</c>, or null.</param>
public sealed partial record NodeName(string Job, int? Run, string? Type, string? Part)
{
    private static readonly string[] Added =
    [
        "stage_in",
        "stage_out",
        "stage_inter",
        "stage_worker",
        "create_dir",
        "register",
        "clean_up",
        "cleanup",
        "chmod",
    ];

    /// <summary>Whether it is one of ours; the planner adds others, which move files and make and remove folders.</summary>
    public bool Ours => Run is not null;

    /// <summary>Reads a name: <c>peaklets_043000-peaklets-0003</c> (WorkflowFile.IdOf), <c>stage_in_remote_local_0_0</c>.</summary>
    public static NodeName Parse(string node)
    {
        if (
            Pattern().Match(node) is { Success: true } match
            && int.TryParse(match.Groups["run"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var run)
        )
        {
            return new NodeName(
                match.Groups["job"].Value,
                run,
                match.Groups["type"].Value,
                match.Groups["part"] is { Success: true, Value: var part } ? part : null
            );
        }

        var kind = Added.FirstOrDefault(a => node.StartsWith(a + "_", StringComparison.Ordinal));
        return new NodeName(kind == "clean_up" ? "cleanup" : kind ?? node, null, null, null);
    }

    [GeneratedRegex(
        @"^(?<job>[A-Za-z0-9_]+)_(?<run>[0-9]{6,9})-(?<type>[A-Za-z0-9_]+)(?:-(?<part>[0-9]{4,}|combine|untar))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
