using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Selection;

namespace Outsource.FilterModes;

/// <summary>The result of FilterModes: the ledger, and the selected runs, ascending.</summary>
public sealed record Selection(LedgerFile Ledger, string Fingerprint, ImmutableArray<int> Runs, LedgerTotals Totals);

/// <summary>What is done if the source failed on many runs.</summary>
public enum PartialSource
{
    Refused,

    /// <summary>For commands that submit nothing.</summary>
    Allowed,
}

/// <summary>Decides on every run and data type, and writes <c>ledger.jsonl</c>.</summary>
/// <param name="disk">The disk.</param>
/// <param name="messages">Shows progress and warnings; null: none.</param>
/// <param name="partial">Whether to decide even if the source failed on many runs.</param>
public sealed class RunFilter(IFileSystem disk, IOperatorLog? messages = null, PartialSource partial = PartialSource.Refused)
{
    /// <summary>Everything on which the decisions depend.</summary>
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
            s.TimesText,
            $"{s.MinRunNumber}",
            $"{s.MaxRunNumber}",
            $"{s.Stage}",
            SettingsFingerprint.Lists(s),
            $"{s.MaxDaily}",
            Fingerprint.List(s.Modes),
            Fingerprint.List(s.ExcludeModes),
            Fingerprint.List(s.Sources),
            Fingerprint.List(s.RawRecordsRse),
            $"{s.Force}",
            $"{s.IncludeInFlight}",
            $"{s.IgnoreProcessed} {s.MaxNum}",
            loaded.Levels?.Fingerprint,
            Fingerprint.List(loaded.Context.Hashes.Select(h => $"{h.Key}={h.Value}"))
        );
    }

    /// <summary>Decides, and writes.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="runs">The runs in range.</param>
    /// <param name="folder">Folder of the ledger. Absolute.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="inFlight">Data that other workflows are making now; null: none. It is not in a fingerprint: a reused plan is compared
    /// with it before it starts.</param>
    /// <exception cref="OutsourceException">More than 5 % of the runs ended with a source error, or all of them.</exception>
    public Selection Filter(
        LoadedConfiguration loaded,
        RunsArtifact runs,
        string folder,
        CancellationToken cancel,
        InFlightWork? inFlight = null
    )
    {
        var rules = loaded.Rules(inFlight);
        var selected = new List<int>();
        int considered = 0,
            failed = 0;
        var values = new ConsideredValues();

        // Each run is decided three times instead of being kept in memory: for the selection, for the ledger's totals, and for its lines.
        using var progress = messages?.Progress("decisions on runs", 3L * runs.Header.Runs);
        foreach (var run in progress.Over(runs.Read(disk)))
        {
            cancel.ThrowIfCancellationRequested();
            var lines = rules.Decide(run);
            considered++;
            values.Add(run);
            failed += lines.Any(l => l.Verdict.Outcome == Outcome.SourceError) ? 1 : 0;
            if (lines.Any(l => l.Verdict.Outcome == Outcome.Process))
            {
                selected.Add(run.Number!.Value);
            }
        }

        var refused = partial == PartialSource.Refused;
        if (refused ? failed > considered * RunRules.MostSourceErrors : failed > 0 && failed == considered)
        {
            throw new OutsourceException(
                $"the source failed on {failed} of "
                    + $"{Counted.Of(considered, "run")}{(refused ? $", more than {RunRules.MostSourceErrors:P0} of them" : "")}"
                    + ". "
                    + $"That is too many to decide; try again when {loaded.Settings.RunDb} works."
            );
        }

        foreach (var warning in values.Warnings(loaded.Settings))
        {
            messages?.Warn(warning);
        }

        var newest = RunCap.Of(loaded.Settings, [.. selected]);
        IEnumerable<LedgerLine> Lines() =>
            progress
                .Over(runs.Read(disk))
                .SelectMany(run =>
                {
                    cancel.ThrowIfCancellationRequested();
                    return newest.Cut(rules.Decide(run));
                });

        var fingerprint = FingerprintOf(disk, loaded, runs);
        var ledger = new LedgerFile(disk, Path.Combine(folder, LedgerFile.FileName));
        var totals = ledger.Write(fingerprint, loaded.ProofWord, Lines);
        return new Selection(ledger, fingerprint, newest.Kept, totals);
    }
}
