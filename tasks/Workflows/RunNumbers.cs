using System.Globalization;
using Outsource.Foundation.Errors;

namespace Outsource.Workflows;

/// <summary>Run numbers that an option names, where LoadConfig does not read it.</summary>
public static class RunNumbers
{
    /// <summary>The numbers in the order typed, each once. What is none, or not known, is a fault.</summary>
    /// <param name="typed">The values of the option, as typed.</param>
    /// <param name="option">The option, without dashes.</param>
    /// <param name="known">The runs that may be named; null: any.</param>
    /// <param name="unknown">What to say of a number that is not known.</param>
    /// <exception cref="UsageException">All faults together.</exception>
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
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var run))
            {
                faults.Add(new Fault($"--{option}={text} is not a run number: give run numbers, such as --{option}=43014,43015."));
            }
            else if (known?.Contains(run) == false)
            {
                faults.Add(new Fault(unknown!(run)));
            }
            else
            {
                runs.Add(run);
            }
        }

        return faults.Count == 0 ? [.. runs.Distinct()] : throw new UsageException(faults);
    }
}
