using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Calibrate;

/// <summary>A change of a file, to be applied with <c>patch</c>.</summary>
/// <param name="File">The file. Absolute.</param>
/// <param name="Text">The unified diff.</param>
/// <param name="Left">Proposals that are not in it, because the place was not found in the file.</param>
public sealed record ProposedDiff(string File, string Text, ImmutableArray<Proposal> Left);

/// <summary>Proposals as changes of the configuration and of <c>levels.yml</c>.</summary>
/// <param name="disk">The disk.</param>
public sealed partial class ProposedDiffs(IFileSystem disk)
{
    /// <summary>Lines shown around a change of a table. A configuration holds passwords: of it only changed lines are shown.</summary>
    private const int Context = 3;

    /// <summary>The change of a configuration.</summary>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="proposals">All proposals.</param>
    /// <exception cref="OutsourceException">It cannot be read.</exception>
    public ProposedDiff OfConfiguration(string path, IEnumerable<Proposal> proposals)
    {
        var lines = LinesOf(path);
        var file = XenonConfigFile.Read(disk, path, _ => null);
        var edits = new List<LineEdit>();
        var added = ImmutableArray.CreateBuilder<string>();
        foreach (var proposal in proposals.Where(p => p.Place == ProposedIn.Configuration))
        {
            var line = $"{proposal.Key} = {proposal.New}";
            var own = file.Own(KeyCatalog.Outsource);
            if (own.FirstOrDefault(v => string.Equals(v.Key, proposal.Key, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                edits.Add(new LineEdit(found.Line - 1, found.LastLine - found.Line + 1, [line]));
            }
            else
            {
                added.Add(line);
            }
        }

        // New keys come after the last one of the section.
        var last = file.Own(KeyCatalog.Outsource).Select(v => v.LastLine).DefaultIfEmpty(-1).Max();
        ImmutableArray<Proposal> left =
            last < 0 ? [.. proposals.Where(p => p.Place == ProposedIn.Configuration && added.Contains($"{p.Key} = {p.New}"))] : [];
        if (added.Count > 0 && last >= 0)
        {
            edits.Add(new LineEdit(last, 0, added.ToImmutable()));
        }

        return new ProposedDiff(path, UnifiedDiff.Of(Path.GetFileName(path), lines, edits, context: 0), left);
    }

    /// <summary>The change of <c>levels.yml</c>: numbers in the lines that the table ships with.</summary>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="proposals">All proposals.</param>
    /// <exception cref="OutsourceException">It cannot be read.</exception>
    public ProposedDiff OfLevels(string path, IEnumerable<Proposal> proposals)
    {
        var lines = LinesOf(path);
        var changed = new SortedDictionary<int, string>();
        var left = ImmutableArray.CreateBuilder<Proposal>();
        foreach (var proposal in proposals.Where(p => p.Place == ProposedIn.Levels))
        {
            var at = Find(lines, proposal.Key.Split('/'), out var value);
            if (at < 0)
            {
                left.Add(proposal);
                continue;
            }

            var line = changed.GetValueOrDefault(at, lines[at]);
            changed[at] = new Regex(Regex.Escape(value)).Replace(line, m => NewPair(m.Value, proposal), 1);
        }

        return new ProposedDiff(
            path,
            UnifiedDiff.Of(Path.GetFileName(path), lines, changed.Select(c => new LineEdit(c.Key, 1, [c.Value])), Context),
            left.ToImmutable()
        );
    }

    /// <summary>The same key with the new value.</summary>
    private static string NewPair(string pair, Proposal proposal) =>
        pair[..(pair.IndexOf(':', StringComparison.Ordinal) + 1)] + " " + proposal.New;

    /// <summary>
    /// The line of a number, as <c>key: value</c> within braces on one line, or below its keys. What is written in another way is left to
    /// people.
    /// </summary>
    private static int Find(IReadOnlyList<string> lines, string[] key, out string value)
    {
        value = "";
        var (from, to) = key.Length == 3 ? Block(lines, key[0]) : (0, lines.Count);
        var (map, last) = (Regex.Escape(key[^2]), Regex.Escape(key[^1]));
        for (var i = from; i < to; i++)
        {
            var match = Regex.Match(lines[i], $@"^\s*{map}:\s*\{{.*?\b(?<pair>{last}:\s*(\[[^\]]*\]|[^,}}\s]+))");
            if (match.Success)
            {
                value = match.Groups["pair"].Value;
                return i;
            }
        }

        return -1;
    }

    /// <summary>The lines of a detector.</summary>
    private static (int From, int To) Block(IReadOnlyList<string> lines, string detector)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (Head().Match(lines[i]) is { Success: true } head && head.Groups["name"].Value == detector)
            {
                var indent = head.Groups["indent"].Length;
                var end = i + 1;
                while (end < lines.Count && (lines[end].Trim().Length == 0 || lines[end].Length - lines[end].TrimStart().Length > indent))
                {
                    end++;
                }

                return (i + 1, end);
            }
        }

        return (0, 0);
    }

    private List<string> LinesOf(string path) =>
        [.. BoundedText.ReadAll(disk, path).TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r'))];

    [GeneratedRegex(@"^(?<indent> +)(?<name>[a-z_]+):\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Head();
}
