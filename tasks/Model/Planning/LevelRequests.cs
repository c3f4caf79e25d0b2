using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>What requests are made for: the jobs of one detector of a run.</summary>
/// <param name="Detector">The detector.</param>
/// <param name="LedMode">The run's LED mode, or null.</param>
/// <param name="Amounts">Sizes of input and output.</param>
public sealed record LevelSubject(DetectorLevels Detector, string? LedMode, LevelAmounts Amounts);

/// <summary>
/// What the jobs of levels ask for: the prediction, or the amount of the configuration instead, times its factor, within the limits.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="levels">The levels, with their tables.</param>
public sealed class LevelRequests(OutsourceSettings settings, LevelContext levels)
{
    /// <summary>MB at which a group of chunks is closed where the configuration says nothing.</summary>
    private const double DefaultRoughDisk = 16_000;

    private readonly double _memoryFactor = settings.Saltax ? levels.Table.Factors.SaltaxMemory : levels.Table.Factors.Memory;
    private readonly double _saltaxDisk = settings.Saltax ? levels.Table.Factors.SaltaxDisk : 1;

    /// <summary>The ends of the groups of chunks.</summary>
    public ImmutableArray<int> Groups(LevelAmounts amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        return settings.ChunksPerJob is { } size
            ? amounts.GroupsOf(size)
            : amounts.GroupsByDisk((settings.RoughDisk ?? DefaultRoughDisk) / _saltaxDisk);
    }

    /// <summary>What each lower job asks for.</summary>
    /// <param name="subject">What it is for.</param>
    /// <param name="stops">The ends of the groups of chunks.</param>
    /// <param name="refused">Why the level cannot be made, or null.</param>
    public ImmutableArray<Resources> Lower(LevelSubject subject, ImmutableArray<int> stops, out Verdict? refused)
    {
        ArgumentNullException.ThrowIfNull(subject);
        refused = null;
        var asked = ImmutableArray.CreateBuilder<Resources>(stops.Length);
        var start = 0;
        foreach (var stop in stops)
        {
            var greatest = subject.Amounts.GreatestMb(start, stop);
            var memory = Memory(subject, LevelJob.Lower, greatest);
            refused ??= OverLimit(
                memory,
                settings.LowerMemory is null
                    ? FormattableString.Invariant($"a lower job of chunks {start} to {stop - 1}, whose greatest has {greatest:F0} MB,")
                    : "a lower job (lower_memory)"
            );
            asked.Add(Request(memory, settings.LowerDiskMb ?? (_saltaxDisk * subject.Amounts.LowerDisk(start, stop))));
            start = stop;
        }

        return asked.DrainToImmutable();
    }

    /// <summary>What a combine or an upper job asks for.</summary>
    /// <param name="subject">What it is for.</param>
    /// <param name="job">Which of the two.</param>
    /// <param name="refused">Why the level cannot be made; stays what it is if it is not null.</param>
    public Resources Of(LevelSubject subject, LevelJob job, ref Verdict? refused)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var amounts = subject.Amounts;
        var memory = Memory(subject, job, amounts.ActualMb);
        refused ??= OverLimit(
            memory,
            FormattableString.Invariant($"the {job.ToString().ToLowerInvariant()} job of {amounts.ActualMb:F0} MB of raw data")
        );
        return job == LevelJob.Combine
            ? Request(memory, settings.CombineDiskMb ?? (_saltaxDisk * amounts.CombineDisk))
            : Request(memory, settings.UpperDiskMb ?? (_saltaxDisk * amounts.UpperDisk));
    }

    private double Memory(LevelSubject subject, LevelJob job, double input)
    {
        double? set = job switch
        {
            LevelJob.Lower => settings.LowerMemory,
            LevelJob.Combine => settings.CombineMemory,
            LevelJob.Upper => settings.UpperMemory,
        };
        return (set ?? levels.Table.MemoryOf(subject.Detector, job, subject.LedMode)!.At(input)) * _memoryFactor;
    }

    private Verdict? OverLimit(double memory, string what) =>
        memory > settings.MaxMemory
            ? new Verdict(
                Reason.MemoryOverLimit,
                FormattableString.Invariant($"{what} would need {memory:F0} MB of memory, max_memory is {settings.MaxMemory}")
            )
            : null;

    private Resources Request(double memory, double disk) =>
        new((long)Math.Floor(memory), (long)Math.Floor(Math.Max(disk * levels.Table.Factors.Disk, settings.MinDisk) * 1000));
}
