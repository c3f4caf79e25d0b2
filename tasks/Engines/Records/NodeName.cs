using System.Buffers;
using System.Globalization;
using System.Text;
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

    private static readonly byte[][] AddedBytes = [.. Added.Select(Encoding.UTF8.GetBytes)];

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8
    );

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

    /// <summary>The job name in a node's name, and its run, as <see cref="Parse"/> finds them.</summary>
    /// <param name="node">The name.</param>
    /// <param name="run">Run number; -1: none.</param>
    internal static ReadOnlySpan<byte> JobIn(ReadOnlySpan<byte> node, out int run)
    {
        run = -1;
        if (node.IndexOf((byte)'-') is > 0 and var end && node[..end].LastIndexOf((byte)'_') is > 0 and var bar)
        {
            var number = node[(bar + 1)..end];
            var rest = node[(end + 1)..];
            var type = rest.IndexOf((byte)'-') is >= 0 and var part ? rest[..part] : rest;
            var fits = type.Length == rest.Length || IsPart(rest[(type.Length + 1)..]);
            if (fits && number.Length is >= 6 and <= 9 && IsWord(node[..bar]) && IsWord(type))
            {
                run = ByteText.Number(number);
            }

            if (run >= 0)
            {
                return node[..bar];
            }
        }

        foreach (var kind in AddedBytes)
        {
            if (node.Length > kind.Length && node[kind.Length] == (byte)'_' && node.StartsWith(kind))
            {
                return kind.AsSpan().SequenceEqual("clean_up"u8) ? "cleanup"u8 : kind;
            }
        }

        return node;
    }

    private static bool IsWord(ReadOnlySpan<byte> text) => text.Length > 0 && !text.ContainsAnyExcept(WordBytes);

    private static bool IsPart(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("combine"u8) || text.SequenceEqual("untar"u8) || (text.Length >= 4 && ByteText.Digits(text) == text.Length);

    [GeneratedRegex(
        @"^(?<job>[A-Za-z0-9_]+)_(?<run>[0-9]{6,9})-(?<type>[A-Za-z0-9_]+)(?:-(?<part>[0-9]{4,}|combine|untar))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
