using System.Globalization;
using Outsource.Foundation.Errors;

namespace Outsource.Workflows;

/// <summary>Run numbers in an option that LoadConfig does not read.</summary>
public static class RunNumbers
{
    /// <summary>The longest range that is accepted.</summary>
    public const int MostOfARange = 100_000;

    /// <summary>What one value names: a run, or a range of runs including both ends.</summary>
    /// <param name="text"><c>61030</c> or <c>61030-61040</c>.</param>
    /// <returns>The runs, ascending; null: not a number or range, or too many.</returns>
    public static IReadOnlyList<int>? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('-');
        return parts.Length > 2 || Number(parts[0]) is not { } first || Number(parts[^1]) is not { } last ? null
            : last < first || last - first >= MostOfARange ? null
            : [.. Enumerable.Range(first, last - first + 1)];
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>The numbers in the order typed, each once. A value that is not a number, or not known, is an error.</summary>
    /// <param name="typed">The values of the option, as typed.</param>
    /// <param name="option">The option, without dashes.</param>
    /// <param name="known">The allowed runs; null: any.</param>
    /// <param name="unknown">The message for a number that is not known.</param>
    /// <exception cref="UsageException">All errors together.</exception>
    public static IReadOnlyList<int> Read(
        IEnumerable<string> typed,
        string option,
        IReadOnlySet<int>? known = null,
        Func<int, string>? unknown = null
    )
    {
        ArgumentNullException.ThrowIfNull(typed);
        var faults = new List<Fault>();
        var runs = new List<int>();
        foreach (var text in typed)
        {
            if (Parse(text) is not { } named)
            {
                faults.Add(
                    new Fault(
                        $"--{option}={text} is not a run number: give run numbers, such as --{option}=43014,43015, or a range, such as "
                            + $"--{option}=43014-43020."
                    )
                );
            }
            else if (named.Count > 1)
            {
                // Of a range only the known ones are taken.
                var there = named.Where(r => known?.Contains(r) != false).ToList();
                runs.AddRange(there);
                faults.AddRange(there.Count > 0 ? [] : [new Fault(unknown!(named[0]))]);
            }
            else if (known?.Contains(named[0]) == false)
            {
                faults.Add(new Fault(unknown!(named[0])));
            }
            else
            {
                runs.Add(named[0]);
            }
        }

        return faults.Count == 0 ? [.. runs.Distinct()] : throw new UsageException(faults);
    }
}
