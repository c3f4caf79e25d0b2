using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Selection;
using Outsource.Model.Sites;
using Outsource.Services.Rucio;

namespace Outsource.PlanChunks;

/// <summary>Divides the selected data into jobs (docs/domain.md §8), and records what cannot be planned.</summary>
/// <param name="disk">The disk.</param>
/// <param name="messages">Messages for the operator.</param>
/// <param name="maxParallelRequests">Maximum requests at the same time.</param>
public sealed class ChunkPlanner(IFileSystem disk, IOperatorLog messages, int maxParallelRequests = 16)
{
    /// <summary>Datasets with gaps that are shown; of more only the number is shown.</summary>
    private const int MostGapsTold = 10;

    /// <summary>Everything on which the plan depends, besides Rucio's answers.</summary>
    public string FingerprintOf(LoadedConfiguration loaded, LedgerHeader ledger)
    {
        var s = loaded.Settings;
        var profile = SiteProfile.Of(disk, s.SiteProfile);
        return Fingerprint.Of(
            JobPlan.Schema,
            ledger.Seal,
            s.Rucio + Fingerprint.List(s.LocalData),
            loaded.Tables.Fingerprint,
            $"{s.ChunksPerJob}",
            loaded.Levels is null ? null : SettingsFingerprint.LevelRequests(s),
            $"{profile.Asked(s.Combine)}{profile.Asked(s.Peaklets)}{profile.Asked(s.Events)}{s.Memory}{s.Disk}",
            Fingerprint.List(s.ExcludeSites),
            $"{s.UsOnly} {s.EuOnly} {s.SiteOnly} {s.Hs06TestRun}",
            Fingerprint.List(s.EuOnlyCountries),
            s.ThisSiteOnly
        );
    }

    /// <summary>Plans, and writes the plan, its list of runs, and what could not be planned.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="ledger">The ledger of FilterModes.</param>
    /// <param name="datasets">Lists the files of a dataset.</param>
    /// <param name="folder">Folder of the artifacts.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <returns>The plan.</returns>
    public async Task<JobPlan> PlanAsync(
        LoadedConfiguration loaded,
        LedgerFile ledger,
        IDatasetSource datasets,
        string folder,
        CancellationToken cancel
    )
    {
        var header = ledger.ReadHeader();
        var lines = ledger.Read(Outcome.Process).ToList();
        var profile = SiteProfile.Of(disk, loaded.Settings.SiteProfile);
        IGroupPlanner planner = loaded.Levels is null
            ? new TypePlanner(loaded, profile)
            : new LevelPlanner(loaded, profile, EarlierFile.Read(disk, folder));
        var listings = await ListAsync(planner, lines, datasets, cancel).ConfigureAwait(false);
        var groups = ImmutableArray.CreateBuilder<JobGroup>();
        var unplanned = new Dictionary<(int Run, string Type), Verdict>();
        foreach (var run in lines.GroupBy(l => l.Run!.Value))
        {
            var planned = planner.Plan([.. run], listings);
            groups.AddRange(planned.Groups);
            foreach (var (unit, verdict) in planned.Refused)
            {
                unplanned[(run.Key, unit)] = verdict;
            }
        }

        TellRemarks(groups);
        FailIfTooManyErrors(header, unplanned, loaded);
        using var writing = messages.Waiting("writing the plan");

        // A plan must not exist without the reasons for what it lacks: they are written before it, and it names them.
        var written = new UnplannedFile(disk, folder).Write(header.Seal, unplanned);
        var plan = new JobPlan
        {
            Fingerprint = FingerprintOf(loaded, header),
            Unplanned = unplanned.Count == 0 ? "" : written.Seal,
            Groups = groups.DrainToImmutable(),
        };
        RunList.Write(disk, folder, plan.Groups.Select(g => g.Run).Distinct());
        plan.Write(disk, folder, loaded);
        if (loaded.Levels is { } levels)
        {
            TellKindsWithoutDisk(plan.KindsWithoutDisk(levels), levels.Table.Path);
        }

        return plan;
    }

    private async Task<IReadOnlyDictionary<string, DatasetAnswer>> ListAsync(
        IGroupPlanner planner,
        List<LedgerLine> lines,
        IDatasetSource datasets,
        CancellationToken cancel
    )
    {
        var dids = lines
            .Select(planner.DatasetOf)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        using var progress = messages.Progress("datasets listed", dids.Count);
        var listings = await new ManyDatasets(datasets, maxParallelRequests)
            .ListAsync(dids, () => progress.Advance(), cancel)
            .ConfigureAwait(false);
        if (planner is TypePlanner)
        {
            TellGaps(listings);
        }

        return listings;
    }

    /// <summary>Chunks without a file may be empty, or lost. The jobs find out; the operator gets one warning.</summary>
    private void TellGaps(IReadOnlyDictionary<string, DatasetAnswer> listings)
    {
        var gaps = listings.Where(l => l.Value.Files?.FirstGap is not null).OrderBy(l => l.Key, StringComparer.Ordinal).ToList();
        foreach (var (did, listing) in gaps.Take(MostGapsTold))
        {
            var files = listing.Files!;
            messages.Warn(
                $"{did}: {Counted.Of(files.ChunkFiles, "chunk file")}, numbered up to {files.Chunks - 1}; chunk {files.FirstGap} has no "
                    + $"file. It is empty (then strax writes no file) or lost. The jobs process chunks 0 to {files.Chunks - 1}, and "
                    + "any further chunks in the metadata."
            );
        }

        if (gaps.Count > MostGapsTold)
        {
            messages.Warn($"{gaps.Count - MostGapsTold} more datasets have chunks without a file.");
        }
    }

    /// <summary>What the operator should know about predictions, once for each remark.</summary>
    private void TellRemarks(ImmutableArray<JobGroup>.Builder groups)
    {
        foreach (var remark in groups.Where(g => g.Level?.Remark is not null).GroupBy(g => g.Level!.Remark!, StringComparer.Ordinal))
        {
            var first = remark.First();
            var runs = remark.Select(g => g.Run).Distinct().Count();
            messages.Warn(
                $"the size of the raw data {first.Level!.Input.Did} is not sure: {remark.Key}."
                    + (runs > 1 ? $" The same is true of {Counted.Of(runs - 1, "more run")}." : "")
            );
        }
    }

    /// <summary>Kinds that the predictions of disk leave out, in one note for the plan.</summary>
    private void TellKindsWithoutDisk(ImmutableSortedDictionary<string, ImmutableSortedSet<string>> kinds, string table)
    {
        if (kinds.Count > 0)
        {
            messages.Note(
                "The predictions of disk count nothing for data kinds without an entry in "
                    + $"{Path.GetFileName(table)}: {string.Join("; ", kinds.Select(d => $"{string.Join(", ", d.Value)} ({d.Key})"))}."
            );
        }
    }

    private static void FailIfTooManyErrors(
        LedgerHeader header,
        Dictionary<(int Run, string Type), Verdict> unplanned,
        LoadedConfiguration loaded
    )
    {
        var failed = unplanned.Where(a => a.Value.Outcome == Outcome.SourceError).Select(a => a.Key.Run).Distinct().Count();
        if (failed > header.Runs * RunRules.MostSourceErrors)
        {
            throw new OutsourceException(
                $"Rucio failed on the data of {failed} of {Counted.Of(header.Runs, "run")}, more than {RunRules.MostSourceErrors:P0} "
                    + $"of them; the first: {unplanned.First(a => a.Value.Outcome == Outcome.SourceError).Value.Detail}. That is too "
                    + $"many to plan; try again when {loaded.Settings.Rucio} works."
            );
        }
    }
}
