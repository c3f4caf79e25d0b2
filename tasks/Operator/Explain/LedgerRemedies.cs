using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Selection;

namespace Outsource.Operator.Explain;

/// <summary>What would change the lines of a ledger: for all its runs what Explain says of one.</summary>
public sealed class LedgerRemedies
{
    private readonly Remedies _remedies;
    private readonly RunCap _newest;

    /// <param name="loaded">The workflow's configuration.</param>
    /// <param name="lines">All lines of its ledger.</param>
    public LedgerRemedies(LoadedConfiguration loaded, IEnumerable<LedgerLine> lines)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(lines);
        var selected = new SelectedRuns();
        foreach (var line in lines)
        {
            selected.Add(line);
        }

        _remedies = new Remedies(loaded);
        _newest = RunCap.Of(loaded.Settings, selected.All);
    }

    /// <summary>Whether the ledger was made from these settings and runs; otherwise the remedies would be of another ledger.</summary>
    /// <exception cref="UsageException">It was not.</exception>
    public static void Check(IFileSystem disk, LoadedConfiguration loaded, RunsArtifact runs, LedgerHeader ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (ledger.Fingerprint != RunFilter.FingerprintOf(disk, loaded, runs))
        {
            throw new UsageException("the ledger was not made from the settings and runs beside it");
        }
    }

    /// <summary>The place of a run from the newest selected one, which is 1.</summary>
    public int PlaceOf(int run) => _newest.PlaceOf(run);

    /// <summary>What would change a line, in the order in which it is needed; empty for one that is to be processed.</summary>
    public ImmutableArray<string> Of(RunDocument run, LedgerLine line)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(line);
        return line.Verdict.Outcome == Outcome.Process || run.Number is not { } number
            ? []
            : [.. _remedies.Of(run, line, PlaceOf(number)).Select(r => r.Text)];
    }
}
