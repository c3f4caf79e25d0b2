using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;

namespace Outsource.Operator.DryRun;

/// <summary>A dry run as one JSON document (docs/schemas/dry-run.schema.json). The ledger itself is the file it names.</summary>
public static class DryRunJson
{
    public const string Schema = "outsource/dry-run/1";

    /// <summary>The document.</summary>
    public static string Render(LoadedConfiguration loaded, int runsConsidered, LedgerTotals totals, JobPlan plan)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(plan);
        var settings = loaded.Settings;
        return JsonOutput.Render(
            new
            {
                Schema,
                settings.Name,
                settings.Context,
                Image = settings.Image.Path,
                ImageProof = loaded.ProofWord,
                Folder = settings.GeneratedFolder,
                Ledger = Path.Combine(settings.GeneratedFolder, LedgerFile.FileName),
                RunsConsidered = runsConsidered,
                Lines = totals.Total,
                Outcomes = Enum.GetValues<Outcome>().ToDictionary(ReasonCodes.Spell, totals.Of),
                Reasons = totals.Rows.Select(r => new
                {
                    Outcome = ReasonCodes.Spell(r.Outcome),
                    Code = ReasonCodes.Spell(r.Reason),
                    Lines = r.Count,
                    r.Example,
                }),
                plan.Runs,
                plan.Jobs,
                plan.Chunks,
                plan.InputBytes,
                plan.GroupsOfUnknownSize,
                Attempts = loaded.Levels is null ? [] : Attempts(loaded, plan),
                JobNames = plan.PerJobName.Select(j => new
                {
                    Name = j.Key,
                    j.Value.Jobs,
                    j.Value.MemoryMb,
                    j.Value.DiskKb,
                }),
            }
        );
    }

    /// <summary>What all jobs together ask for at each attempt.</summary>
    private static IEnumerable<object> Attempts(LoadedConfiguration loaded, JobPlan plan)
    {
        var ladder = PlannedAttempts.LadderOf(loaded.Settings);
        var sums = plan.PerJobName.Values.ToList();
        return Enumerable
            .Range(0, ladder.Attempts)
            .Select(retry => new
            {
                Attempt = retry + 1,
                MemoryMb = (long)sums.Sum(s => ladder.At(s.MemoryMb, retry)),
                DiskKb = (long)sums.Sum(s => ladder.At(s.DiskKb, retry)),
            });
    }
}
