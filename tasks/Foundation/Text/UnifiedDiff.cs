using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Outsource.Foundation.Text;

/// <summary>Lines of a file that are replaced.</summary>
/// <param name="Start">The first line, from 0; where no line is replaced, the line before which the new ones come.</param>
/// <param name="Count">How many lines are replaced.</param>
/// <param name="Lines">What comes instead.</param>
public sealed record LineEdit(int Start, int Count, ImmutableArray<string> Lines);

/// <summary>Changes of a text file, in the form that <c>patch</c> applies.</summary>
public static class UnifiedDiff
{
    /// <summary>The text; empty: there are no changes.</summary>
    /// <param name="name">The file's name in the head, without folder: <c>patch FILE DIFF</c> says which file is meant.</param>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="edits">The changes, which do not overlap.</param>
    /// <param name="context">Lines that are shown around each; 0: only what changes, where the file holds secrets.</param>
    public static string Of(string name, IReadOnlyList<string> lines, IEnumerable<LineEdit> edits, int context)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var sorted = edits.OrderBy(e => e.Start).ToList();
        if (sorted.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder($"--- a/{name}\n+++ b/{name}\n");
        var moved = 0;
        for (var i = 0; i < sorted.Count;)
        {
            var hunk = new List<LineEdit> { sorted[i++] };
            while (i < sorted.Count && sorted[i].Start - (hunk[^1].Start + hunk[^1].Count) <= 2 * context)
            {
                hunk.Add(sorted[i++]);
            }

            moved += Write(text, lines, hunk, context, moved);
        }

        return text.ToString();
    }

    /// <summary>Writes a hunk.</summary>
    /// <returns>How many lines more there are after it.</returns>
    private static int Write(StringBuilder text, IReadOnlyList<string> lines, List<LineEdit> hunk, int context, int moved)
    {
        var from = Math.Max(0, hunk[0].Start - context);
        var to = Math.Min(lines.Count, hunk[^1].Start + hunk[^1].Count + context);
        var more = hunk.Sum(e => e.Lines.Length - e.Count);
        text.Append("@@ -").Append(Range(from, to - from)).Append(" +").Append(Range(from + moved, to - from + more)).Append(" @@\n");
        var at = from;
        foreach (var edit in hunk)
        {
            for (; at < edit.Start; at++)
            {
                text.Append(' ').Append(lines[at]).Append('\n');
            }

            for (; at < edit.Start + edit.Count; at++)
            {
                text.Append('-').Append(lines[at]).Append('\n');
            }

            foreach (var line in edit.Lines)
            {
                text.Append('+').Append(line).Append('\n');
            }
        }

        for (; at < to; at++)
        {
            text.Append(' ').Append(lines[at]).Append('\n');
        }

        return more;
    }

    /// <summary>Lines count from 1; where there are none, the one before is named.</summary>
    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");
}
