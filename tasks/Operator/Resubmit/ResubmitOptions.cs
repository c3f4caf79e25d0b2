using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Resubmit;

/// <summary>The options of Resubmit.</summary>
/// <param name="Only">Only these runs, or null for all.</param>
/// <param name="MemoryFactor">Multiplies the requests of failed jobs; null: unchanged.</param>
/// <param name="ExcludeSites">Sites (GLIDEIN_Site) to exclude.</param>
public sealed partial record ResubmitOptions(ImmutableSortedSet<int>? Only, decimal? MemoryFactor, ImmutableArray<string> ExcludeSites)
{
    private const decimal Most = MemoryUse.GreatestFactor;

    /// <exception cref="UsageException">A value is not allowed; all of them are reported together.</exception>
    public static ResubmitOptions Read(Invocation invocation, IEnumerable<int> runs)
    {
        var faults = new List<Fault>();
        decimal? factor = null;
        if (invocation.Options.MemoryFactor is { } text)
        {
            if (
                decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number is > 0 and <= Most
            )
            {
                factor = number;
            }
            else
            {
                faults.Add(
                    new Fault(
                        $"--memory-factor={text} is not a valid factor: it must be a number above 0 and up to {Most}, such as "
                            + $"--memory-factor=1.5."
                    )
                );
            }
        }

        faults.AddRange(
            invocation.Options.ExcludeSite
                .Where(s => !Site().IsMatch(s))
                .Select(s => new Fault(
                    $"--exclude-site={s} is not a valid site: allowed are letters, digits, '_', '-' and '.', as in GLIDEIN_Site."
                ))
        );
        ImmutableSortedSet<int>? only = null;
        try
        {
            only = OnlyRuns.Read(invocation, runs);
        }
        catch (UsageException error)
        {
            faults.AddRange(error.Faults);
        }

        return faults.Count == 0
            ? new ResubmitOptions(only, factor, [.. invocation.Options.ExcludeSite.Distinct(StringComparer.Ordinal)])
            : throw new UsageException(faults);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_. -]*\z")]
    private static partial Regex Site();
}
