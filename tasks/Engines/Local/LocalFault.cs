using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Local;

/// <summary>What goes wrong with a job, on purpose.</summary>
public enum FaultKind
{
    /// <summary>It is killed (SIGKILL) soon after its start.</summary>
    Kill,

    /// <summary>It does nothing, until its time limit or a hold.</summary>
    Hang,

    /// <summary>It finds less disk than it needs.</summary>
    DiskFull,

    /// <summary>Its first output is damaged after it ended.</summary>
    CorruptOutput,

    /// <summary>Its first output is gone after it ended.</summary>
    NoOutput,

    /// <summary>It takes 3 s longer.</summary>
    Slow,
}

/// <summary>A fault on purpose: <c>RUN:TYPE[:GROUP]=KIND[*N]</c>.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type, or in a plan by level also lower, combine or upper.</param>
/// <param name="Group">Number of a chunk job, or <c>combine</c>; null: all of the type.</param>
/// <param name="Kind">What goes wrong.</param>
public sealed partial record LocalFault(int Run, string Type, string? Group, FaultKind Kind)
{
    private static readonly ImmutableSortedDictionary<string, FaultKind> Kinds = new Dictionary<string, FaultKind>
    {
        ["kill"] = FaultKind.Kill,
        ["hang"] = FaultKind.Hang,
        ["disk-full"] = FaultKind.DiskFull,
        ["corrupt-output"] = FaultKind.CorruptOutput,
        ["no-output"] = FaultKind.NoOutput,
        ["slow"] = FaultKind.Slow,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>How many attempts it hits, from the first; null: all.</summary>
    public int? Attempts { get; init; }

    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">It has another form; the message says which is right.</exception>
    public static LocalFault Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Form().Match(text) is { Success: true } match && Kinds.TryGetValue(match.Groups["kind"].Value, out var kind))
        {
            var group = match.Groups["group"] is { Success: true, Value: var some } ? some : null;
            group = group is null or Combine ? group : Plain(group);
            return new LocalFault(Number(match.Groups["run"]), match.Groups["type"].Value, group, kind)
            {
                Attempts = match.Groups["times"].Success ? Number(match.Groups["times"]) : null,
            };
        }

        throw new UsageException(
            $"--local-fault={UntrustedText.Shown(text)} is not a valid fault: expected RUN:TYPE=KIND or RUN:TYPE:GROUP=KIND, such as "
                + $"61030:peaklets:2=kill or 61030:peaklets:combine=no-output; KIND is {string.Join(", ", Kinds.Keys)}; with *N at the "
                + "end, only the first N attempts are hit."
        );
    }

    private const string Combine = "combine";

    /// <summary>Whether it hits an attempt of a job.</summary>
    /// <param name="node">The name of the job's node.</param>
    /// <param name="arguments">The job's arguments: they name its data types and its level.</param>
    /// <param name="retry">0 for the first attempt.</param>
    internal bool Hits(string node, IReadOnlyList<string> arguments, int retry)
    {
        var name = NodeName.Parse(node);
        if (name.Run != Run || retry >= (Attempts ?? int.MaxValue))
        {
            return false;
        }

        var part = name.Part is null or Combine ? name.Part : Plain(name.Part);
        return (Group is null || Group == part) && (name.Type == Type || TypesOf(arguments).Contains(Type, StringComparer.Ordinal));
    }

    private static IEnumerable<string> TypesOf(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] is "--data-type" or "--data-types" or "--level")
            {
                foreach (var type in arguments[i + 1].Split(','))
                {
                    yield return type;
                }
            }
        }
    }

    /// <summary>A number without leading zeros.</summary>
    private static string Plain(string digits) => digits.TrimStart('0') is { Length: > 0 } plain ? plain : digits.Length == 0 ? "" : "0";

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<run>[0-9]{1,6}):(?<type>[a-z][a-z0-9_]*)(?::(?<group>[0-9]{1,9}|combine))?"
            + @"=(?<kind>[a-z-]+)(?:\*(?<times>[1-9][0-9]{0,3}))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Form();
}
