using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Explain;

/// <summary>
/// The changes needed to process a data type. A remedy that is a setting, or the end of a transfer, is applied on trial: the rules decide
/// again with it, and the next "no" gets its own remedy. So the list as a whole is sufficient.
/// </summary>
/// <param name="loaded">The configuration.</param>
public sealed class Remedies(LoadedConfiguration loaded)
{
    /// <summary>More than the number of rules for one type; a remedy without effect must not loop for ever.</summary>
    private const int Most = 12;

    /// <summary>Rules that are kept for the next line; the lines of a run mostly need the same changes.</summary>
    private const int MostKept = 200;

    private readonly Dictionary<string, Configured> _kept = new(StringComparer.Ordinal);
    private Decided? _last;
    private Decided? _lastExplained;

    /// <summary>The remedies of a line, in the order needed.</summary>
    /// <param name="run">The run document.</param>
    /// <param name="line">The line of the ledger.</param>
    /// <param name="place">The run's position from the newest, if <c>max_daily</c> excluded it.</param>
    public ImmutableArray<Remedy> Of(RunDocument run, LedgerLine line, int place)
    {
        var remedies = ImmutableArray.CreateBuilder<Remedy>();
        var (changes, now) = ("", Keep("", loaded));
        var decided = line;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (decided.Verdict.Outcome != Outcome.Process && remedies.Count < Most)
        {
            if (For(now, run, decided, place) is not { } remedy || !seen.Add(remedy.Text))
            {
                break;
            }

            remedies.Add(remedy);
            if ((remedy.Change is null && remedy.ChangeDocument is null) || decided.Stage != RunRules.Stage)
            {
                break;
            }

            if (remedy.Change is { } change)
            {
                changes = $"{changes}\n{remedy.Text}";
                now = Keep(changes, now.Loaded with { Settings = change(now.Loaded.Settings) });
            }

            run = remedy.ChangeDocument is { } changed ? changed(run) : run;
            decided = Decide(now.Rules, run).Single(l => l.Type == line.Type);
        }

        return remedies.DrainToImmutable();
    }

    /// <summary>The configuration with its rules, which are made once for all lines that need the same changes.</summary>
    private Configured Keep(string changes, LoadedConfiguration changed)
    {
        if (_kept.TryGetValue(changes, out var kept))
        {
            return kept;
        }

        if (_kept.Count == MostKept)
        {
            _kept.Clear();
        }

        return _kept[changes] = new Configured(changed, changed.Rules());
    }

    /// <summary>The lines of a run; the next data type of the same run asks for the same.</summary>
    private ImmutableArray<LedgerLine> Decide(RunRules rules, RunDocument run)
    {
        if (_last?.IsOf(run, rules) != true)
        {
            _last = new Decided(run, rules, null, rules.Decide(run));
        }

        return _last.Lines;
    }

    /// <summary>What each rule says of a run; the next data type of the same run asks for the same.</summary>
    private DecisionChain Explain(RunRules rules, RunDocument run)
    {
        if (_lastExplained?.IsOf(run, rules) != true)
        {
            var chain = new DecisionChain();
            _lastExplained = new Decided(run, rules, chain, rules.Decide(run, chain));
        }

        return _lastExplained.Chain!;
    }

    /// <summary>A configuration and its rules.</summary>
    private sealed record Configured(LoadedConfiguration Loaded, RunRules Rules);

    /// <summary>What the rules decided of a run.</summary>
    private sealed record Decided(RunDocument Run, RunRules Rules, DecisionChain? Chain, ImmutableArray<LedgerLine> Lines)
    {
        public bool IsOf(RunDocument run, RunRules rules) => ReferenceEquals(Run, run) && ReferenceEquals(Rules, rules);
    }

    private Remedy? For(Configured configured, RunDocument run, LedgerLine line, int place)
    {
        var now = configured.Loaded;
        var (detector, madeFrom, raw) = Unit(now, line.Type, line.Verdict.Detail);
        var listed = string.Join(", ", now.Settings.RawRecordsRse);
        var detail = line.Verdict.Detail;
        return Deepest(configured.Rules, run, line) switch
        {
            Reason.ToBeMade or Reason.Forced => null,
            Reason.AllStored or Reason.LevelStored => now.Levels is null
                ? new Remedy("--force", s => s with { Force = true })
                : new Remedy("--ignore-processed", s => s with { IgnoreProcessed = true }),
            Reason.InFlight => WaitForIt(detail),
            Reason.Tagged or Reason.TagNotIncluded => OtherTags(detail),
            Reason.ModeExcluded or Reason.ModeNotAsked or Reason.ModeNotIncluded => new Remedy(
                $"--mode={run.Mode}",
                s => s with { Modes = [run.Mode!] }
            ),
            Reason.SourceNotAsked or Reason.SourceExcluded or Reason.SourceNotIncluded => ItsSource(run),
            Reason.RunWithoutDetector or Reason.TypeOfOtherDetector => new Remedy("--detector=all", s => s with { Detector = null }),
            Reason.BelowMinRunNumber => LowerMinimum(run),
            Reason.OutsideRange or Reason.AboveMaxRunNumber => OtherRange(now.Settings, run),
            Reason.OverMaxDaily => MoreRuns(run, place),
            Reason.OverMaxNum => new Remedy($"--run={run.Number}, or remove max_num from [Outsource]"),
            Reason.DetectorAbsent => new Remedy($"nothing: {detector} took no data in this run"),
            Reason.LedMode or Reason.LedTypeOnly => new Remedy(
                $"nothing, unless {(now.Levels is null ? "modes.yml" : LevelTable.FileName)} (tables_folder) is changed: {detail}"
            ),
            Reason.TypeNotInContext => new Remedy($"a context that has it: {detail}"),
            Reason.Umbrella => new Remedy($"nothing, or +{line.Type} in include_data_types: {detail}"),
            Reason.NothingAsked => new Remedy("ask for a type of this level in include_data_types"),
            Reason.LowerNotReadable => new Remedy("--ignore-processed makes the lower level again", s => s with { IgnoreProcessed = true }),
            Reason.SizeUnknown => new Remedy(
                "assume_compression = 0.25 (or the real share) in [Outsource], or correct size_mb in the run document"
            ),
            Reason.MemoryOverLimit => new Remedy(
                $"a greater max_memory, or lower_memory, combine_memory or upper_memory in [Outsource]: {detail}"
            ),
            Reason.RawAbsent or Reason.RawNotInRucio => new Remedy($"have {raw} in Rucio, at an RSE of raw_records_rse ({listed})"),
            Reason.RawNotLocal => new Remedy(
                $"have {raw} in one of the folders of local_data ({string.Join(", ", now.Settings.LocalData)}), or remove no_remote"
            ),
            Reason.RawOtherHash => new Remedy($"a context whose {raw} has the run's hash: {detail}"),
            Reason.RawNotTransferred => Transfer(run, raw, now.Context.Hashes[raw]),
            Reason.RawNotReadable => Staged(now, run, raw) ?? new Remedy($"have {raw} copied to an RSE of raw_records_rse ({listed})"),
            Reason.RawRseNotListed => ListIts(Unlisted(now, run, raw)),
            Reason.ParentMissing => new Remedy($"fix {madeFrom} first: {detail}"),
            Reason.ParentNotReadable => new Remedy($"have {madeFrom} copied to an RSE that jobs can read"),
            Reason.NoChunks or Reason.DidUnknown or Reason.ChunksMissing => new Remedy(
                $"complete the dataset in Rucio, or correct its entry in the run document: {detail}"
            ),
            Reason.NotJson or Reason.NotADocument or Reason.NumberFaulty or Reason.ModeFaulty => Correct(detail),
            Reason.DetectorsFaulty or Reason.TagsFaulty or Reason.DataFaulty => Correct(detail),
            Reason.TwoDocuments or Reason.TimesFaulty => Correct(detail),
            Reason.StartFaulty => new Remedy(
                $"remove --since and --until, or correct the run document: {detail}",
                s => s with { Since = null, Until = null }
            ),
            Reason.RunUnknown => new Remedy("check the number: the run database has no such run"),
            Reason.RunNotAnswered or Reason.ListingNotAnswered => new Remedy($"ask again: --target=DryRun --run={run.Number}"),
        };
    }

    /// <summary>Detector, source and raw type of a data type or a level.</summary>
    private static (string Detector, string MadeFrom, string Raw) Unit(LoadedConfiguration now, string name, string detail)
    {
        if (now.Levels is { } levels)
        {
            var own = levels.Detectors.First(d => levels.UnitsOf(d).Contains(name));

            // A type may need other raw data as well; then the verdict names it first.
            var other = levels.Tree.Roots.OrderByDescending(r => r.Length).FirstOrDefault(r => Names(detail, r));
            return (own.Name, LevelContext.UnitOf(LevelKind.Lower, own.Name), other ?? own.Raw);
        }

        var type = now.Tables.DataTypes[name];
        return (type.Detector, type.MadeFrom, now.Tables.RawTypeOf(type));
    }

    private static bool Names(string detail, string type) =>
        detail.Split(' ', ':').Contains(type, StringComparer.Ordinal);

    private static Remedy WaitForIt(string detail) =>
        new(
            $"wait until that workflow is done ({detail}), or pass --include-in-flight, which makes it twice",
            s => s with { IncludeInFlight = true }
        );

    private static Remedy OtherTags(string detail) =>
        detail.StartsWith("tag ", StringComparison.Ordinal)
            ? new Remedy($"remove the {detail} in the run database, if the run is good")
            : new Remedy("add one of these tags to the run in the run database, or remove include_tags", s => s with { IncludeTags = [] });

    private static Remedy ItsSource(RunDocument run) =>
        run.Source is { } source
            ? new Remedy($"--source={source}", s => s with { Sources = [source] })
            : new Remedy("remove --source and include_sources", s => s with { Sources = [], IncludeSources = [] });

    private static Remedy LowerMinimum(RunDocument run) =>
        new($"min_run_number = {run.Number} in [Outsource]", s => s with { MinRunNumber = run.Number!.Value });

    private static Remedy OtherRange(OutsourceSettings settings, RunDocument run) =>
        run.Number > settings.MaxRunNumber
            ? new Remedy($"max_run_number = {run.Number} in [Outsource]", s => s with { MaxRunNumber = run.Number })
        : run.Number < settings.LowestRun || run.Number > settings.To
            ? new Remedy("remove --from and --to", s => s with { From = null, To = null })
        : new Remedy("remove --since and --until", s => s with { Since = null, Until = null });

    /// <summary>No other rule left the run out, so nothing comes after this.</summary>
    private static Remedy MoreRuns(RunDocument run, int place) => new($"--run={run.Number}, or max_daily = {place} in [Outsource]");

    private static Remedy ListIts(ImmutableArray<string> rses) =>
        new($"add {string.Join(", ", rses)} to raw_records_rse", s => s with { RawRecordsRse = [.. s.RawRecordsRse, .. rses] });

    private static Remedy Correct(string detail) => new($"correct the run document: {detail}");

    /// <summary>The reason to remove: for a missing parent, the problem with the raw data from which it could be made.</summary>
    private Reason Deepest(RunRules rules, RunDocument run, LedgerLine line)
    {
        if (line.Verdict.Reason != Reason.ParentMissing || line.Stage != RunRules.Stage)
        {
            return line.Verdict.Reason;
        }

        return Explain(rules, run).Of(line.Type).First(d => !d.Yes).Reason!.Value;
    }

    /// <summary>Staging of the raw data, if that makes it readable; else null.</summary>
    private static Remedy? Staged(LoadedConfiguration now, RunDocument run, string raw) =>
        !now.Settings.Stage
        && run.Data.Any(e =>
            e.IsAvailable(run.Number, raw, now.Context.Hashes[raw])
            && e.Location is not null
            && now.Tables.IsReadable(e.Location, TapeAccess.Staged)
        )
            ? new Remedy("--stage: jobs request staging from tape to disk first", s => s with { Stage = true })
            : null;

    /// <summary>Readable RSEs that have the raw data but are not in raw_records_rse.</summary>
    private static ImmutableArray<string> Unlisted(LoadedConfiguration now, RunDocument run, string raw)
    {
        var hash = now.Context.Hashes[raw];
        var tape = now.Settings.Stage ? TapeAccess.Staged : TapeAccess.None;
        return
        [
            .. run
                .Data.Where(e => e.IsAvailable(run.Number, raw, hash) && e.Location is { } rse && now.Tables.IsReadable(rse, tape))
                .Select(e => e.Location!)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Waiting for raw data in transfer; if the transfer failed, waiting does not help.</summary>
    private static Remedy Transfer(RunDocument run, string raw, string hash)
    {
        static bool Moves(DataEntry entry) => entry.Status is not (null or "error" or "stuck");
        var entries = run.Data.Where(e => e.IsStored(run.Number, raw, hash)).ToList();
        var coming = entries.Exists(Moves) ? entries.FindAll(Moves) : entries;
        string Describe(string between) =>
            string.Join(
                ", ",
                coming.Select(e => $"{e.Status ?? "unknown"} {between} {e.Location ?? "no RSE"}").Distinct(StringComparer.Ordinal)
            );
        return new Remedy(
            Moves(coming[0]) ? $"wait: {raw} is {Describe("to")}" : $"have {raw} transferred again: its status is {Describe("at")}",
            ChangeDocument: document =>
                document with
                {
                    Data = [.. document.Data.Select(e => coming.Contains(e) ? e with { Status = DataEntry.Transferred } : e)],
                }
        );
    }
}
