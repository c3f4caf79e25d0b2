using System.Globalization;
using System.Text;

namespace Outsource.Operator.Report;

/// <summary>
/// Texts that differ by the run's number and its place alone are one text for the page: marks stand for these two, and the page's script
/// puts them in again.
/// </summary>
/// <param name="run">The run's number, or null.</param>
/// <param name="place">Its place from the newest, or null.</param>
internal sealed class RunTemplate(int? run, int? place)
{
    // Noncharacters of Unicode, which no text needs; one that holds them gets the replacement character instead.
    private const char RunMark = '\uFFFE',
        PlaceMark = '\uFFFF',
        Replacement = '\uFFFD';

    private readonly string? _run = run?.ToString(CultureInfo.InvariantCulture);
    private readonly string? _place = place?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The place, if a text had it; null: none had.</summary>
    public int? UsedPlace { get; private set; }

    /// <summary>The text with marks.</summary>
    public string Of(string text)
    {
        var clean = text.Replace(RunMark, Replacement).Replace(PlaceMark, Replacement);
        if (_run is null || !clean.Contains(_run, StringComparison.Ordinal))
        {
            return clean;
        }

        var marked = clean.Replace(_run, $"{RunMark}", StringComparison.Ordinal);
        if (_place is null || !marked.Contains(_place, StringComparison.Ordinal))
        {
            return marked;
        }

        UsedPlace = place;
        return marked.Replace(_place, $"{PlaceMark}", StringComparison.Ordinal);
    }

    /// <summary>The pieces of a text with marks: strings, 0 for the run's number and 1 for its place.</summary>
    public static IReadOnlyList<object> Pieces(string marked)
    {
        var pieces = new List<object>();
        var text = new StringBuilder();
        foreach (var letter in marked)
        {
            if (letter is RunMark or PlaceMark)
            {
                pieces.Add(text.ToString());
                pieces.Add(letter == RunMark ? 0 : 1);
                text.Clear();
            }
            else
            {
                text.Append(letter);
            }
        }

        pieces.Add(text.ToString());
        return pieces;
    }
}
