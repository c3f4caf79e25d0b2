using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
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

    /// <summary>Multiplies the disk requests of failed jobs; null: unchanged.</summary>
    public decimal? DiskFactor { get; init; }

    /// <summary>The causes of <c>--cause</c>, for records.</summary>
    public ImmutableArray<string> Causes { get; init; } = [];

    /// <summary>The causes of <c>--leave-out</c>, for records.</summary>
    public ImmutableArray<string> LeaveOut { get; init; } = [];

    /// <summary>Names of the failed jobs of <see cref="Causes"/>; other failed jobs are not tried. Null: all are.</summary>
    public ImmutableHashSet<string>? Treated { get; init; }

    /// <summary>Names of the failed jobs of <see cref="LeaveOut"/>, which are not tried; or null.</summary>
    public ImmutableHashSet<string>? Spared { get; init; }

    /// <summary>Whether all open jobs are tried.</summary>
    public bool TriesAll => (Only, Treated, Spared) == (null, null, null);

    /// <summary>Whether a job that is not done is tried.</summary>
    public bool Tries(NodeStatus node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Only.Has(node.Name)
            && Spared?.Contains(node.Node.Name) != true
            && (Treated is null || !JobDiagnosis.IsTroubled(node) || Treated.Contains(node.Node.Name));
    }

    /// <summary>Whether the requests of a job that is tried are multiplied: it failed or was removed, or its run was named.</summary>
    public bool Multiplies(NodeStatus node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Treated is not null ? Treated.Contains(node.Node.Name)
            : Only is not null || node.State == NodeState.Failed || node.RemovalReason is not null;
    }

    /// <exception cref="UsageException">A value is not allowed; all of them are reported together.</exception>
    public static ResubmitOptions Read(Invocation invocation, IEnumerable<int> runs)
    {
        var faults = new List<Fault>();
        var memory = Factor("memory-factor", invocation.Options.MemoryFactor, faults);
        var disk = Factor("disk-factor", invocation.Options.DiskFactor, faults);
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
            ? new ResubmitOptions(only, memory, [.. invocation.Options.ExcludeSite.Distinct(StringComparer.Ordinal)])
            {
                DiskFactor = disk,
                Causes = invocation.Options.Cause,
                LeaveOut = invocation.Options.LeaveOut,
            }
            : throw new UsageException(faults);
    }

    /// <summary>The same, with the jobs of the causes.</summary>
    /// <exception cref="UsageException">No failed job has one of the causes.</exception>
    public ResubmitOptions With(CauseChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return this with
        {
            Treated = choice.Jobs("cause", Causes, JobsInQuestion.Ended),
            Spared = choice.Jobs("leave-out", LeaveOut, JobsInQuestion.Ended),
        };
    }

    private static decimal? Factor(string option, string? text, List<Fault> faults)
    {
        if (text is null)
        {
            return null;
        }

        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= Most
        )
        {
            return number;
        }

        faults.Add(
            new Fault(
                $"--{option}={text} is not a valid factor: it must be a number above 0 and up to {Most}, such as --{option}=1.5."
            )
        );
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_. -]*\z")]
    private static partial Regex Site();
}
