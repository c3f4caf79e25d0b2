using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Ledger;
using Outsource.QueryRuns;
using Outsource.Reports;

namespace Outsource.FilterModes;

/// <summary>What FilterModes leaves: the ledger, and the runs selected, ascending.</summary>
public sealed record Selection(LedgerFile Ledger, string Fingerprint, ImmutableArray<int> Runs, LedgerTotals Totals);

/// <summary>Decides on every run and data type, and leaves <c>ledger.jsonl</c> and <c>runlist.txt</c>.</summary>
/// <param name="disk">The disk.</param>
/// <param name="messages">Where progress is shown; null: nowhere.</param>
public sealed class RunFilter(IFileSystem disk, IMessages? messages = null)
{
    public const string RunListFile = "runlist.txt";

    /// <summary>Share of runs with a source error above which the stage fails as a whole: no quiet partial submission.</summary>
    public const double MostSourceErrors = 0.05;

    /// <summary>What the decisions depend on.</summary>
    public static string FingerprintOf(IFileSystem disk, LoadedConfiguration loaded, RunsArtifact runs)
    {
        var s = loaded.Settings;
        return Fingerprint.Of(
            LedgerFile.Schema,
            Fingerprint.OfLines(disk, runs.Path),
            loaded.ProofWord,
            loaded.Tables.Fingerprint,
            Fingerprint.List(s.DataTypes),
            s.Detector,
            Fingerprint.List(s.Runs?.Cast<object>()),
            $"{s.From}",
            $"{s.To}",
            $"{s.MinRunNumber}",
            $"{s.MaxDaily}",
            Fingerprint.List(s.Modes),
            Fingerprint.List(s.ExcludeModes),
            Fingerprint.List(s.Sources),
            Fingerprint.List(s.RawRecordsRse),
            $"{s.Force}",
            Fingerprint.List(loaded.Context.Hashes.Select(h => $"{h.Key}={h.Value}")));
    }

    /// <summary>Decides, and writes.</summary>
    /// <exception cref="OutsourceException">More than 5 % of the runs ended with a source error.</exception>
    public Selection Filter(LoadedConfiguration loaded, RunsArtifact runs, string folder, CancellationToken cancel)
    {
        var rules = new RunRules(loaded);
        var selected = new List<int>();
        int considered = 0, failed = 0;

        // Each run is decided on three times rather than kept: for what is selected, for the ledger's totals, and for its lines.
        using var progress = messages?.Progress("decisions on runs", 3L * runs.Header.Runs);
        foreach (var run in progress.Over(runs.Read(disk)))
        {
            cancel.ThrowIfCancellationRequested();
            var lines = rules.Decide(run);
            considered++;
            failed += lines.Any(l => l.Verdict.Outcome == Outcome.SourceError) ? 1 : 0;
            if (lines.Any(l => l.Verdict.Outcome == Outcome.Process))
            {
                selected.Add(run.Number!.Value);
            }
        }

        if (failed > considered * MostSourceErrors)
        {
            throw new OutsourceException($"the source failed on {failed} of {Counted.Of(considered, "run")}, more than {MostSourceErrors:P0} of them. Nothing is decided on so few answers; try again when {loaded.Settings.RunDb} is well.");
        }

        var newest = new NewestRuns(loaded.Settings.MaxDaily, [.. selected]);
        IEnumerable<LedgerLine> Lines() => progress.Over(runs.Read(disk)).SelectMany(run =>
        {
            cancel.ThrowIfCancellationRequested();
            return newest.Cut(rules.Decide(run));
        });

        var fingerprint = FingerprintOf(disk, loaded, runs);
        var ledger = new LedgerFile(disk, Path.Combine(folder, LedgerFile.FileName));
        var totals = ledger.Write(fingerprint, loaded.ProofWord, Lines);
        WriteRunList(disk, folder, newest.Kept);
        return new Selection(ledger, fingerprint, newest.Kept, totals);
    }

    /// <summary>Writes <c>runlist.txt</c>: one run a line, ascending.</summary>
    public static void WriteRunList(IFileSystem disk, string folder, IEnumerable<int> runs) =>
        AtomicFile.WriteText(disk, Path.Combine(folder, RunListFile), string.Concat(runs.Select(run => run.ToString(CultureInfo.InvariantCulture) + "\n")));
}
