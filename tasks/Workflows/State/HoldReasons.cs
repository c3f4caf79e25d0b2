using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>Groups hold reasons: HTCondor writes machine, folder and sizes into them, so that no two are equal.</summary>
public static partial class HoldReasons
{
    /// <summary>The groups, largest first.</summary>
    public static ImmutableArray<HoldGroup> Group(IEnumerable<NodeStatus> held) =>
        [
            .. held.GroupBy(n => (Key: KeyOf(n.HoldReason ?? ""), n.HoldCode, n.HoldSubcode))
                .Select(g => new HoldGroup(
                    g.First().HoldReason ?? "no reason given",
                    g.Key.HoldCode,
                    g.Key.HoldSubcode,
                    [.. g.Select(n => n.Node.Name)]
                ))
                .OrderByDescending(g => g.Nodes.Length)
                .ThenBy(g => g.Reason, StringComparer.Ordinal),
        ];

    /// <summary>Joins groups of several DAGs: those of one reason become one, largest first.</summary>
    public static ImmutableArray<HoldGroup> Join(IReadOnlyList<HoldGroup> groups) =>
        [
            .. groups
                .GroupBy(g => (Key: KeyOf(g.Reason), g.Code, g.Subcode))
                .Select(g => g.First() with { Nodes = [.. g.SelectMany(h => h.Nodes)] })
                .OrderByDescending(g => g.Nodes.Length)
                .ThenBy(g => g.Reason, StringComparer.Ordinal),
        ];

    /// <summary>The part that is equal in reasons of one kind.</summary>
    public static string KeyOf(string reason) => Varying().Replace(reason, "#");

    [GeneratedRegex(
        @"slot[0-9_]+@[^\s:,]+|<[0-9a-fA-F.:\[\]]+[^>]*>|/[^\s:,'()]+|\b[\w-]+(?:\.[\w-]+){2,}\b|[0-9]+(?:\.[0-9]+)?",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Varying();
}
