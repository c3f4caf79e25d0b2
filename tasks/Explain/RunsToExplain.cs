using System.Collections.Immutable;
using System.Globalization;
using Outsource.CommandLine;
using Outsource.Errors;

namespace Outsource.Explain;

/// <summary>The runs that are to be explained.</summary>
public static class RunsToExplain
{
    /// <exception cref="UsageException">There is none, or one is no number; all faults are told together.</exception>
    public static ImmutableSortedSet<int> Read(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var texts = invocation.Values("run");
        if (texts.IsEmpty)
        {
            throw new UsageException("Explain needs the runs to explain: --run=7157, several separated by commas.");
        }

        var faults = texts.Where(t => !int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Select(t => new Fault($"--run={t} is no run: give run numbers, such as --run=7157,7158.")).ToList();
        return faults.Count == 0 ? [.. texts.Select(t => int.Parse(t, CultureInfo.InvariantCulture))] : throw new UsageException(faults);
    }
}
