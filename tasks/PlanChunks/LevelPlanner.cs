using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Services.Rucio;

namespace Outsource.PlanChunks;

/// <summary>The groups of a plan by level: jobs whose memory and disk are predicted from the raw data (docs/levels.md).</summary>
/// <param name="loaded">The configuration, with its levels.</param>
/// <param name="profile">Changes to the built-in sites.</param>
/// <param name="earlier">The workflow that the plan continues, whose groups of chunks are kept; null: none.</param>
internal sealed class LevelPlanner(LoadedConfiguration loaded, SiteProfile profile, EarlierFile? earlier = null) : IGroupPlanner
{
    private readonly Dictionary<(int, string), EarlierGroups> _earlier = (earlier?.Groups ?? [])
        .Where(g => !g.Groups.IsEmpty)
        .ToDictionary(g => (g.Run, g.Detector));

    private readonly LevelContext _levels = loaded.Levels!;
    private readonly LevelRequirements _requirements = new(loaded.Settings, loaded.Tables);
    private readonly LevelRequests _requests = new(loaded.Settings, loaded.Levels!);

    // Runs of the same kind share them in memory.
    private readonly Dictionary<Level, ImmutableSortedDictionary<string, string>> _hashes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Who lists the raw data, for people.</summary>
    private string Source => loaded.Settings.NoRemote ? "the local folder" : "Rucio";

    /// <inheritdoc/>
    public string? DatasetOf(LedgerLine line) => line.Input?.Level?.RawDid;

    /// <inheritdoc/>
    public RunGroups Plan(IReadOnlyList<LedgerLine> run, IReadOnlyDictionary<string, DatasetAnswer> listings)
    {
        var groups = ImmutableArray.CreateBuilder<JobGroup>();
        var refused = ImmutableArray.CreateBuilder<(string, Verdict)>();
        foreach (var detector in _levels.Detectors)
        {
            var lower = run.FirstOrDefault(l => l.Type == LevelContext.UnitOf(LevelKind.Lower, detector.Name));
            var upper = run.FirstOrDefault(l => l.Type == LevelContext.UnitOf(LevelKind.Upper, detector.Name));
            if ((lower ?? upper)?.Input?.Level is not { } work)
            {
                continue;
            }

            var jobs = new DetectorJobs(detector, _levels.PlanOf(detector, work.LedMode, work.Without), work);
            var (raw, why) = RawOf(jobs, upper?.Input?.Level, listings);
            foreach (var (line, kind) in new[] { (lower, LevelKind.Lower), (upper, LevelKind.Upper) })
            {
                if (line is null)
                {
                    continue;
                }

                var verdict = why ?? Parent(line, groups) ?? (kind == LevelKind.Lower ? Unfit(line, jobs, raw!) : null);
                var group = verdict is null ? Group(jobs, line, kind, raw!, out verdict) : null;
                if (group is not null)
                {
                    groups.Add(group);
                    continue;
                }

                refused.Add((line.Type, verdict!));
                refused.AddRange(TypesOf(run, jobs, kind).Select(t => (t, verdict! with { Detail = $"{line.Type}: {verdict!.Detail}" })));
            }
        }

        return new RunGroups(groups.ToImmutable(), refused.ToImmutable());
    }

    /// <summary>The lines of the types that a level makes.</summary>
    private static IEnumerable<string> TypesOf(IReadOnlyList<LedgerLine> run, DetectorJobs jobs, LevelKind kind) =>
        run.Select(l => l.Type).Where(jobs.LevelOf(kind).Types.Contains);

    private static Verdict? Parent(LedgerLine line, ImmutableArray<JobGroup>.Builder planned) =>
        line.Input!.Kind == InputKind.Workflow && planned.All(g => g.Run != line.Run || g.Type != line.Input.Type)
            ? new Verdict(Reason.ParentMissing, $"{line.Input.Type} is not made in this workflow")
            : null;

    /// <summary>The raw data as the predictions need it, or why it cannot be used.</summary>
    private (LevelRaw? Raw, Verdict? Why) RawOf(
        DetectorJobs jobs,
        LevelWork? upper,
        IReadOnlyDictionary<string, DatasetAnswer> listings
    )
    {
        var work = jobs.Work;
        if (TypePlanner.Unusable(work.RawDid, Source, listings) is { } unusable)
        {
            return (null, unusable);
        }

        var listing = listings[work.RawDid].Files!;
        if (listing.FirstGap is { } gap)
        {
            return (
                null,
                new Verdict(
                    Reason.ChunksMissing,
                    $"{work.RawDid} has {listing.ChunkFiles} chunk files, numbered up to {listing.Chunks - 1}; chunk {gap} has no file"
                )
            );
        }

        if (listing.ChunkBytes is not { } bytes)
        {
            return (null, new Verdict(Reason.SizeUnknown, $"{Source} lists the files of {work.RawDid} without their sizes"));
        }

        if (bytes.All(b => b == 0))
        {
            return (null, new Verdict(Reason.SizeUnknown, $"{Source} lists all chunk files of {work.RawDid} with a size of 0 bytes"));
        }

        var (size, remark) = RawSize.Of(bytes.Sum(b => b / 1e6), work.SizesMb, loaded.Settings.AssumeCompression);
        if (size is not { } mb)
        {
            return (null, new Verdict(Reason.SizeUnknown, $"no entry of {work.RawDid} in the run document has a size_mb above 0"));
        }

        var raw = new RawData(bytes, mb, _levels.Tree[jobs.Detector.Raw].ItemSize!.Value, work.Seconds)
        {
            OtherMb = (upper?.Others ?? []).Where(o => !_levels.Table.Uncounted.Contains(o.Type)).Sum(o => o.SizeMb ?? 0),
        };
        var products = new LevelProducts(
            [.. jobs.Plan.Lower.Stored.Select(s => s.Type)],
            [.. (upper?.ToMake ?? []).Select(t => _levels.Tree[t])]
        );
        return (
            new LevelRaw(listing, raw, new LevelAmounts(jobs.Detector, raw, products, _levels.FirstSecondsOf(jobs.Detector)), remark),
            null
        );
    }

    private JobGroup? Group(DetectorJobs jobs, LedgerLine line, LevelKind kind, LevelRaw raw, out Verdict? refused)
    {
        var (input, level, work) = (line.Input!, jobs.LevelOf(kind), line.Input!.Level!);
        var stops = kind == LevelKind.Lower ? Earlier(line, jobs)?.Stops ?? _requests.Groups(raw.Amounts) : [];
        var subject = new LevelSubject(jobs.Detector, work.LedMode, raw.Amounts);
        refused = null;
        var asked = kind == LevelKind.Lower
            ? _requests.Lower(subject, stops, out refused)
            : [_requests.Of(subject, LevelJob.Upper, ref refused)];
        var combine = kind == LevelKind.Lower ? _requests.Of(subject, LevelJob.Combine, ref refused) : null;
        if (refused is not null)
        {
            return null;
        }

        asked = [.. asked.Select(profile.Asked)];
        var match = _requirements.For(input.Rses);
        var toMake = work.ToMake.ToHashSet(StringComparer.Ordinal);
        return new JobGroup
        {
            Run = line.Run!.Value,
            Type = line.Type,
            JobName = line.Type,
            Chunks = kind == LevelKind.Lower ? raw.Data.Chunks : 0,
            ChunksPerJob = 0,
            Resources = new(asked.Max(r => r.MemoryMb), asked.Max(r => r.DiskKb)),
            CombineResources = combine is null ? null : profile.Asked(combine),
            Requirements = match.Requirements,
            CombineRequirements = combine is null ? null : match.Requirements,
            DesiredSites = match.DesiredSites,
            Rank = kind == LevelKind.Lower ? match.Rank : null,
            Input = input with { Level = null },
            InputBytes = input.Kind switch
            {
                InputKind.Workflow => null,
                InputKind.Stored => (long)(raw.Amounts.LowerMb * 1e6),
                InputKind.Raw or InputKind.MadeByJob => raw.Listing.Bytes,
            },
            Parents = input.Kind == InputKind.Workflow ? [input.Type] : [],
            Hashes = HashesOf(level),
            Level = new LevelJobs(
                jobs.Detector.Name,
                kind,
                LevelKey.Of(line.Run.Value, line.Type, [.. level.Types.Select(t => (t, _levels.Tree[t].Hash!))])
            )
            {
                Types = level.Types,
                Makes = [.. level.Makes.Where(toMake.Contains)],
                ToMake = work.ToMake,
                Missing = work.Missing,
                Stops = stops,
                PerJob = [.. asked],
                Cores = kind == LevelKind.Lower ? loaded.Settings.LowerCpus : loaded.Settings.UpperCpus,
                CombineCores = loaded.Settings.CombineCpus,
                CombineDesiredSites = combine is null ? null : match.DesiredSites,
                Input = new LevelInput(work.RawDid, raw.Data.Chunks, raw.Data.StoredMb, raw.Data.SizeMb),
                Remark = raw.Remark,
            },
        };
    }

    /// <summary>The lower jobs of the workflow that is continued: groups are kept, so that its parts fit. Null: there were none.</summary>
    private EarlierGroups? Earlier(LedgerLine line, DetectorJobs jobs) =>
        _earlier.GetValueOrDefault((line.Run!.Value, jobs.Detector.Name));

    private Verdict? Unfit(LedgerLine line, DetectorJobs jobs, LevelRaw raw) =>
        Earlier(line, jobs) is { } before && !(before.Stops is [.., var last] && last == raw.Data.Chunks)
            ? new Verdict(
                Reason.ChunksMissing,
                $"the lower jobs of workflow {earlier!.Workflow} have chunks "
                    + $"{string.Join(", ", before.Groups.Select(g => $"{g.Start}-{g.Stop - 1}"))}, but the raw data has "
                    + $"{raw.Data.Chunks} chunks"
            )
            : null;

    private ImmutableSortedDictionary<string, string> HashesOf(Level level) =>
        _hashes.TryGetValue(level, out var known)
            ? known
            : _hashes[level] = level.Stored.ToImmutableSortedDictionary(s => s.Type.Name, s => s.Type.Hash!, StringComparer.Ordinal);

    /// <summary>The levels of a run and detector that is planned.</summary>
    private sealed record DetectorJobs(DetectorLevels Detector, LevelPlan Plan, LevelWork Work)
    {
        public Level LevelOf(LevelKind kind) => kind == LevelKind.Lower ? Plan.Lower : Plan.Upper;
    }

    /// <summary>The raw data of a run and detector, with what follows from it.</summary>
    private sealed record LevelRaw(DatasetListing Listing, RawData Data, LevelAmounts Amounts, string? Remark);
}
