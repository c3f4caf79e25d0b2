using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
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
            Fingerprint.List(s.RawRecordsRse.Concat(s.LocalData)),
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

        // Each run is decided twice instead of being kept in memory: for the selection with the ledger's totals, and for its lines.
        using var progress = messages?.Progress("decisions on runs", 2L * runs.Header.Runs);
        var values = new ConsideredValues();
        var first = Decide(rules, progress.Over(runs.Read(disk)), values, cancel);
        FailIfTooManyErrors(loaded, first);
        foreach (var warning in values.Warnings(loaded.Settings))
        {
            messages?.Warn(warning);
        }

        var cap = RunCap.Of(loaded.Settings, [.. first.Selected.Select(run => run.Number)]);
        var count = first.CountWith(cap);
        IEnumerable<LedgerLine> Lines() =>
            progress
                .Over(runs.Read(disk))
                .SelectMany(run =>
                {
                    cancel.ThrowIfCancellationRequested();
                    return cap.Cut(rules.Decide(run));
                });

        var fingerprint = FingerprintOf(disk, loaded, runs);
        var ledger = new LedgerFile(disk, Path.Combine(folder, LedgerFile.FileName));
        ledger.Write(fingerprint, loaded.ProofWord, count, Lines());
        return new Selection(ledger, fingerprint, cap.Kept, count.Totals);
    }

    /// <summary>Decides on every run, and keeps what the decisions add up to.</summary>
    private static FirstLook Decide(RunRules rules, IEnumerable<RunDocument> runs, ConsideredValues values, CancellationToken cancel)
    {
        var (first, wanted) = (new FirstLook(), new List<Verdict>());
        foreach (var run in runs)
        {
            cancel.ThrowIfCancellationRequested();
            values.Add(run);
            wanted.Clear();
            var hasFailed = false;
            foreach (var line in rules.Decide(run))
            {
                if (line.Verdict.Outcome == Outcome.Process)
                {
                    first.Count.AddRunOf(line);
                    wanted.Add(line.Verdict);
                }
                else
                {
                    first.Count.Add(line);
                    hasFailed |= line.Verdict.Outcome == Outcome.SourceError;
                }
            }

            first.Failed += hasFailed ? 1 : 0;
            if (wanted.Count > 0)
            {
                first.Select(run.Number!.Value, wanted);
            }
        }

        return first;
    }

    private void FailIfTooManyErrors(LoadedConfiguration loaded, FirstLook first)
    {
        var (failed, considered) = (first.Failed, first.Count.Runs);
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
    }
}
