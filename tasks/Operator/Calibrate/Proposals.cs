using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Calibrating;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Calibrate;

/// <summary>The numbers that should be others, as far as the jobs prove it. Nothing is changed here.</summary>
/// <param name="loaded">The settings of the workflow.</param>
public sealed class Proposals(LoadedConfiguration loaded)
{
    /// <summary>A change by a smaller share is not worth a change.</summary>
    private const double Least = 0.05;

    /// <summary>A limit of time that is reached costs all of the time, so it is this much above what jobs took.</summary>
    private const double TimeMargin = 1.5;

    private readonly OutsourceSettings _settings = loaded.Settings;

    /// <summary>Makes them, in the order of families.</summary>
    /// <param name="families">What was fitted.</param>
    /// <param name="jobs">The jobs.</param>
    public ImmutableArray<Proposal> Of(ImmutableArray<CalibratedFamily> families, IReadOnlyCollection<JobUse> jobs)
    {
        var enough = families.Where(f => f.Possible.Best is not null && !JobUses.IsLed(f.Fit.Family)).ToList();
        return
        [
            .. enough
                .SelectMany(f =>
                    f.Fit.Amount switch
                    {
                        Amount.Memory => Memory(f),
                        Amount.Disk => Disk(f),
                        Amount.Time => [],
                    }
                )
                .Concat(DiskFactor(jobs))
                .Concat(Times(enough)),
        ];
    }

    private IEnumerable<Proposal> Memory(CalibratedFamily family)
    {
        var (name, best) = (family.Fit.Family, family.Possible.Best!);
        if (family.FollowsInput)
        {
            return Line(name, best);
        }

        var (key, set) = MemoryKey(name);
        var factor = _settings.Plan == PlanKind.ByLevel ? JobUses.FactorOf(loaded) : 1;
        return Number(key, set, Up(best.Line.Constant / factor, 100), "MB", best);
    }

    private (string Key, double? Set) MemoryKey(string family) =>
        JobUses.IsCombine(family)
            ? ("combine_memory", _settings.Plan == PlanKind.ByLevel ? _settings.CombineMemory : _settings.Combine.MemoryMb)
        : _settings.Plan == PlanKind.ByType ? ($"memory.{family}", RequestOf(family)?.MemoryMb)
        : family.StartsWith("lower", StringComparison.Ordinal) ? ("lower_memory", _settings.LowerMemory)
        : ("upper_memory", _settings.UpperMemory);

    private Resources? RequestOf(string type) =>
        loaded.Tables.DataTypes.TryGetValue(type, out var known) ? known.RequestedBy(_settings) : null;

    /// <summary>A line of <c>levels.yml</c>: the table has it before the redundancy.</summary>
    private IEnumerable<Proposal> Line(string family, QuantileFit best)
    {
        var bar = family.IndexOf('_', StringComparison.Ordinal);
        var (level, detector) = (family[..bar], family[(bar + 1)..]);
        var job = Enum.GetValues<LevelJob>().Single(j => LevelNames[j] == level);
        if (
            loaded.Levels is not { } levels
            || levels.Detectors.FirstOrDefault(d => d.Name == detector) is not { } known
            || levels.Table.MemoryOf(known, job, null) is not { } old
        )
        {
            yield break;
        }

        var factor = JobUses.FactorOf(loaded);
        var (slope, constant) = (Math.Ceiling(best.Line.Slope / factor * 1000) / 1000, Up(best.Line.Constant / factor, 10));
        if (Differs(old.Slope, slope) || Differs(old.Constant, constant))
        {
            yield return new Proposal(
                ProposedIn.Levels,
                $"{detector}/memory/{level}",
                Pair(old.Slope, old.Constant),
                Pair(slope, constant),
                Why(best, "MB")
            );
        }
    }

    private static readonly ImmutableDictionary<LevelJob, string> LevelNames = Enum.GetValues<LevelJob>()
        .ToImmutableDictionary(j => j, j => j.ToString().ToLowerInvariant());

    /// <summary>Disk that is one number in the configuration; what is predicted has a factor for all.</summary>
    private IEnumerable<Proposal> Disk(CalibratedFamily family)
    {
        var (name, best) = (family.Fit.Family, family.Possible.Best!);
        if (_settings.Plan == PlanKind.ByType)
        {
            var (key, set) = JobUses.IsCombine(name)
                ? ("combine_disk", _settings.Combine.DiskKb)
                : ($"disk.{name}", RequestOf(name)?.DiskKb);
            return Number(key, set, Up(best.Line.Constant * 1000, 1_000_000), "KB", best);
        }

        var (own, number) =
            JobUses.IsCombine(name) ? ("combine_disk", _settings.CombineDiskMb)
            : name.StartsWith("lower", StringComparison.Ordinal) ? ("lower_disk", _settings.LowerDiskMb)
            : ("upper_disk", _settings.UpperDiskMb);
        return number is null ? [] : Number(own, number, Up(best.Line.Constant / loaded.Levels!.Table.Factors.Disk, 1000), "MB", best);
    }

    /// <summary>The factor on all predictions of disk: by how much jobs exceed the prediction itself.</summary>
    private IEnumerable<Proposal> DiskFactor(IReadOnlyCollection<JobUse> jobs)
    {
        if (loaded.Levels is not { } levels || _settings.LowerDiskMb is not null || _settings.UpperDiskMb is not null)
        {
            yield break;
        }

        var floor = _settings.MinDisk * 1.01;
        double[] shares =
        [
            .. jobs.Where(j => j is { DiskMb: not null, AskedDiskMb: { } asked } && asked > floor && !JobUses.IsLed(j.Family))
                .Select(j => j.DiskMb!.Value / j.AskedDiskMb!.Value * levels.Table.Factors.Disk)
                .Order(),
        ];
        if (shares.Length < FamilyFit.Fewest)
        {
            yield break;
        }

        const double Share = 0.99;
        var factor = Math.Max(1, Math.Ceiling(QuantileLine.Quantile(shares, Share) * 20) / 20);
        if (Differs(levels.Table.Factors.Disk, factor))
        {
            yield return new Proposal(
                ProposedIn.Levels,
                "redundancy/disk",
                Text(levels.Table.Factors.Disk),
                Text(factor),
                string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(shares.Length, "job")}; {Share:P0} used at most ")
                    + $"{Text(Math.Round(QuantileLine.Quantile(shares, Share), 3))} times the prediction"
            );
        }
    }

    /// <summary>Limits of time that are set: one holds for the jobs of a level, whatever their family.</summary>
    private IEnumerable<Proposal> Times(IReadOnlyCollection<CalibratedFamily> families)
    {
        foreach (
            var (key, set, level) in new[]
            {
                ("pegasus_max_hours_lower", _settings.PegasusMaxHoursLower, LevelJob.Lower),
                ("pegasus_max_hours_combine", _settings.PegasusMaxHoursCombine, LevelJob.Combine),
                ("pegasus_max_hours_upper", _settings.PegasusMaxHoursUpper, LevelJob.Upper),
            }
        )
        {
            var of = families.Where(f => f.Fit.Amount == Amount.Time && LevelOf(f.Fit.Family) == level).ToList();
            if (set is not { } old || of.Count == 0)
            {
                continue;
            }

            var longest = of.MaxBy(f => f.Flat.Best!.Line.Constant)!;
            var hours = Math.Max(0.5, Math.Ceiling(longest.Flat.Best!.Line.Constant * TimeMargin * 2) / 2);
            if (Differs(old, hours))
            {
                yield return new Proposal(
                    ProposedIn.Configuration,
                    key,
                    Text(old),
                    Text(hours),
                    $"{Counted.Of(longest.Flat.Jobs, "job")} of {longest.Fit.Family}; "
                        + string.Create(CultureInfo.InvariantCulture, $"{longest.Flat.Best!.Share:P0} took at most ")
                        + $"{Text(Math.Round(longest.Flat.Best!.Line.Constant, 2))} h, and the limit is {Text(TimeMargin)} times that"
                );
            }
        }
    }

    private LevelJob LevelOf(string family) =>
        JobUses.IsCombine(family) ? LevelJob.Combine
        : _settings.Plan == PlanKind.ByType
            ? loaded.Tables.DataTypes.TryGetValue(family, out var type) && type.Chunked
                ? LevelJob.Lower
                : LevelJob.Upper
        : family.StartsWith("lower", StringComparison.Ordinal) ? LevelJob.Lower
        : LevelJob.Upper;

    private static IEnumerable<Proposal> Number(string key, double? set, double wanted, string unit, QuantileFit best)
    {
        if (set is null || Differs(set.Value, wanted))
        {
            yield return new Proposal(ProposedIn.Configuration, key, set is { } old ? Text(old) : null, Text(wanted), Why(best, unit));
        }
    }

    private static string Why(QuantileFit best, string unit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{best.Share:P0} of the jobs fit at the first try; {best.Cost.OverShare:P1} would be tried again ({unit})"
        );

    private static double Up(double number, double step) => Math.Max(step, Math.Ceiling((number / step) - 1e-9) * step);

    private static bool Differs(double old, double wanted) => Math.Abs(old - wanted) > Least * Math.Max(Math.Abs(old), 1e-3);

    private static string Pair(double slope, double constant) =>
        $"[{slope.ToString("0.0##", CultureInfo.InvariantCulture)}, {Text(constant)}]";

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
