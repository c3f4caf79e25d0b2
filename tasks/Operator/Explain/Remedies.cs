using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Explain;

/// <summary>
/// What would have to change for a data type to be processed. A cure that is a setting, or a transfer that ends, is tried: the rules decide
/// again with it, and what says no then is cured in turn, so that the list as a whole does what it says.
/// </summary>
/// <param name="loaded">The configuration.</param>
public sealed class Remedies(LoadedConfiguration loaded)
{
    /// <summary>More than rules there are for one type; a cure that cures nothing must not go on for ever.</summary>
    private const int Most = 12;

    /// <summary>The cures of a line, in the order they are needed.</summary>
    /// <param name="run">The run document.</param>
    /// <param name="line">The line of the ledger.</param>
    /// <param name="place">The run's place from the newest, where <c>max_daily</c> cut it off.</param>
    public ImmutableArray<Remedy> Of(RunDocument run, LedgerLine line, int place)
    {
        var cures = ImmutableArray.CreateBuilder<Remedy>();
        var now = loaded;
        var decided = line;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (decided.Verdict.Outcome != Outcome.Process && cures.Count < Most)
        {
            if (For(now, run, decided, place) is not { } cure || !seen.Add(cure.Text))
            {
                break;
            }

            cures.Add(cure);
            if ((cure.Change is null && cure.Mend is null) || decided.Stage != RunRules.Stage)
            {
                break;
            }

            now = cure.Change is { } change ? now with { Settings = change(now.Settings) } : now;
            run = cure.Mend is { } mend ? mend(run) : run;
            decided = now.Rules().Decide(run).Single(l => l.Type == line.Type);
        }

        return cures.DrainToImmutable();
    }

    private static Remedy? For(LoadedConfiguration now, RunDocument run, LedgerLine line, int place)
    {
        var type = now.Tables.DataTypes[line.Type];
        var raw = now.Tables.RawTypeOf(type);
        var code = Deepest(now, run, line);
        return OfSelection(code, run, line)
            ?? OfRange(code, now.Settings, run, place)
            ?? OfRawData(code, now, run, line, raw)
            ?? OfType(code, type, line)
            ?? OfAnswers(code, run, line)
            ?? (line.Verdict.Outcome == Outcome.FaultyDocument ? new Remedy($"correct the run document: {line.Verdict.Detail}") : null);
    }

    /// <summary>Of what the run is (mode, source, detectors, tags), and of what is made of it already.</summary>
    private static Remedy? OfSelection(string code, RunDocument run, LedgerLine line) =>
        code switch
        {
            ReasonCodes.ModeExcluded or ReasonCodes.ModeNotAsked => new Remedy($"--mode={run.Mode}", s => s with { Modes = [run.Mode!] }),
            ReasonCodes.SourceNotAsked => run.Source is { } source
                ? new Remedy($"--source={source}", s => s with { Sources = [source] })
                : new Remedy("leave --source and include_sources out", s => s with { Sources = [], IncludeSources = [] }),
            ReasonCodes.RunWithoutDetector or ReasonCodes.TypeOfOtherDetector => new Remedy(
                "--detector=all",
                s => s with { Detector = null }
            ),
            ReasonCodes.Tagged => !line.Verdict.Detail.StartsWith("tag ", StringComparison.Ordinal)
                ? new Remedy(
                    "give the run one of these tags in the run database, or leave include_tags out",
                    s => s with { IncludeTags = [] }
                )
                : new Remedy($"take the {line.Verdict.Detail} off in the run database, if the run is good after all"),
            ReasonCodes.AllStored => new Remedy("--force", s => s with { Force = true }),
            ReasonCodes.InFlight => new Remedy(
                $"wait until it is done there ({line.Verdict.Detail}), or --include-in-flight, which makes it twice",
                s => s with { IncludeInFlight = true }
            ),
            _ => null,
        };

    /// <summary>Of the run's number, and of how many are taken.</summary>
    private static Remedy? OfRange(string code, OutsourceSettings settings, RunDocument run, int place) =>
        code switch
        {
            ReasonCodes.BelowMinRunNumber => new Remedy(
                $"min_run_number = {run.Number} in [Outsource]",
                s => s with { MinRunNumber = run.Number!.Value }
            ),
            ReasonCodes.OutsideRange => run.Number > settings.MaxRunNumber
                ? new Remedy($"max_run_number = {run.Number} in [Outsource]", s => s with { MaxRunNumber = run.Number })
                : new Remedy("leave --from and --to out", s => s with { From = null, To = null }),
            ReasonCodes.OverMaxDaily => new Remedy(
                $"--run={run.Number}, or max_daily = {place} in [Outsource]",
                s => s with { Runs = [run.Number!.Value] }
            ),
            _ => null,
        };

    /// <summary>Of where the raw data lie.</summary>
    private static Remedy? OfRawData(string code, LoadedConfiguration now, RunDocument run, LedgerLine line, string raw)
    {
        var listed = string.Join(", ", now.Settings.RawRecordsRse);
        switch (code)
        {
            case ReasonCodes.RawRseNotListed:
                var rses = Unlisted(now, run, raw);
                return new Remedy(
                    $"add {string.Join(", ", rses)} to raw_records_rse",
                    s => s with { RawRecordsRse = [.. s.RawRecordsRse, .. rses] }
                );
            case ReasonCodes.RawNotTransferred:
                return Transfer(run, raw, now.Context.Hashes[raw]);
            case ReasonCodes.RawAbsent or ReasonCodes.RawNotInRucio:
                return new Remedy($"have {raw} in Rucio, at an RSE of raw_records_rse ({listed})");
            case ReasonCodes.RawNotReadable when !now.Settings.Stage && Staged(now, run, raw):
                return new Remedy("--stage: jobs have it brought from tape to disk first", s => s with { Stage = true });
            case ReasonCodes.RawNotReadable:
                return new Remedy($"have {raw} copied to an RSE of raw_records_rse ({listed})");
            case ReasonCodes.RawOtherHash:
                return new Remedy($"a context whose {raw} has the run's hash: {line.Verdict.Detail}");
            default:
                return null;
        }
    }

    /// <summary>Of the data type: what it is made from, and in which runs there is any.</summary>
    private static Remedy? OfType(string code, DataType type, LedgerLine line) =>
        code switch
        {
            ReasonCodes.ParentMissing => new Remedy($"cure {type.MadeFrom} first: {line.Verdict.Detail}"),
            ReasonCodes.ParentNotReadable => new Remedy($"have {type.MadeFrom} copied to an RSE that jobs can read"),
            ReasonCodes.DetectorAbsent => new Remedy($"nothing: {type.Detector} took no data in this run"),
            ReasonCodes.LedMode or ReasonCodes.LedTypeOnly => new Remedy(
                "nothing, as long as modes.yml (tables_folder) has it so: " + line.Verdict.Detail
            ),
            _ => null,
        };

    /// <summary>Of what Rucio and the run database answered.</summary>
    private static Remedy? OfAnswers(string code, RunDocument run, LedgerLine line) =>
        code switch
        {
            ReasonCodes.NoChunks or ReasonCodes.DidUnknown => new Remedy(
                $"complete the dataset in Rucio, or correct its entry in the run document: {line.Verdict.Detail}"
            ),
            ReasonCodes.RunUnknown => new Remedy("check the number: the run database has no such run"),
            ReasonCodes.RunNotAnswered or ReasonCodes.ListingNotAnswered => new Remedy($"ask again: --target=DryRun --run={run.Number}"),
            _ => null,
        };

    /// <summary>The code to cure: of a parent that is missing, what is wrong with the raw data that it could be made from.</summary>
    private static string Deepest(LoadedConfiguration now, RunDocument run, LedgerLine line)
    {
        if (line.Verdict.Code != ReasonCodes.ParentMissing || line.Stage != RunRules.Stage)
        {
            return line.Verdict.Code;
        }

        var chain = new DecisionChain();
        _ = now.Rules().Decide(run, chain);
        return chain.Of(line.Type).First(d => !d.Yes).Code!;
    }

    /// <summary>Whether the raw data could be read if it were staged.</summary>
    private static bool Staged(LoadedConfiguration now, RunDocument run, string raw) =>
        run.Data.Any(e =>
            e.IsAvailable(run.Number, raw, now.Context.Hashes[raw])
            && e.Location is not null
            && now.Tables.IsReadable(e.Location, staged: true)
        );

    /// <summary>Readable RSEs that hold the raw data, and that are not asked for.</summary>
    private static ImmutableArray<string> Unlisted(LoadedConfiguration now, RunDocument run, string raw)
    {
        var hash = now.Context.Hashes[raw];
        return
        [
            .. run
                .Data.Where(e =>
                    e.IsAvailable(run.Number, raw, hash) && e.Location is not null && now.Tables.IsReadable(e.Location, now.Settings.Stage)
                )
                .Select(e => e.Location!)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>To wait for the raw data that is on its way; where it is not, as after an error, waiting is no cure.</summary>
    private static Remedy Transfer(RunDocument run, string raw, string hash)
    {
        static bool Moves(DataEntry entry) => entry.Status is not (null or "error" or "stuck");
        var entries = run.Data.Where(e => e.IsStored(run.Number, raw, hash)).ToList();
        var coming = entries.Exists(Moves) ? entries.FindAll(Moves) : entries;
        string Words(string between) =>
            string.Join(
                ", ",
                coming.Select(e => $"{e.Status ?? "unknown"} {between} {e.Location ?? "no RSE"}").Distinct(StringComparer.Ordinal)
            );
        return new Remedy(
            Moves(coming[0]) ? $"wait: {raw} is {Words("to")}" : $"have {raw} transferred again: its status is {Words("at")}",
            Mend: document =>
                document with
                {
                    Data = [.. document.Data.Select(e => coming.Contains(e) ? e with { Status = DataEntry.Transferred } : e)],
                }
        );
    }
}
