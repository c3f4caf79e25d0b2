using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Resubmit;

/// <summary>What Resubmit is told.</summary>
/// <param name="Only">Only these runs, or null for all.</param>
/// <param name="MemoryFactor">What jobs that failed ask for is multiplied by this; null: left as it is.</param>
/// <param name="ExcludeSites">Sites (GLIDEIN_Site) where no job is to run any more.</param>
public sealed partial record ResubmitOptions(ImmutableSortedSet<int>? Only, decimal? MemoryFactor, ImmutableArray<string> ExcludeSites)
{
    private const decimal Most = 20;

    /// <exception cref="UsageException">A value is not allowed; all of them are told together.</exception>
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
                        $"--memory-factor={text} is no factor: a number above 0 and up to {Most} is allowed, such as --memory-factor=1.5."
                    )
                );
            }
        }

        faults.AddRange(
            invocation.Options.ExcludeSite
                .Where(s => !Site().IsMatch(s))
                .Select(s => new Fault(
                    $"--exclude-site={s} is no site: letters, digits, '_', '-' and '.' are allowed, as in GLIDEIN_Site."
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
