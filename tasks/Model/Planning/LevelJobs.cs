using System.Collections.Immutable;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>What the jobs of a level have besides those of a data type.</summary>
/// <param name="Detector"><c>tpc</c>.</param>
/// <param name="Kind">Which level.</param>
/// <param name="Key">What the names of its outputs begin with.</param>
public sealed record LevelJobs(string Detector, LevelKind Kind, string Key)
{
    /// <summary>What the level is for, in the order of strax.</summary>
    public required ImmutableArray<string> Types { get; init; }

    /// <summary>What strax is called for, in this order.</summary>
    public required ImmutableArray<string> Makes { get; init; }

    /// <summary>What it stores of which something is missing.</summary>
    public required ImmutableArray<string> ToMake { get; init; }

    /// <summary>What of it is not stored, or is to be made although it is.</summary>
    public required ImmutableArray<string> Missing { get; init; }

    /// <summary>The ends of the groups of chunks; empty: one job makes the whole run.</summary>
    public required ImmutableArray<int> Stops { get; init; }

    /// <summary>What each processing job asks for.</summary>
    public required ImmutableArray<Resources> PerJob { get; init; }

    /// <summary>Cores of a processing job.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>Cores of the combine job.</summary>
    public int CombineCores { get; init; } = 1;

    /// <summary>Value of <c>+XENON_DESIRED_Sites</c> of the combine job, with its quotes; null without one.</summary>
    public string? CombineDesiredSites { get; init; }

    /// <summary>The raw data that memory, disk and groups follow from.</summary>
    public required LevelInput Input { get; init; }

    /// <summary>What the operator should know about the prediction, or null.</summary>
    public string? Remark { get; init; }
}

/// <summary>The raw data of a level.</summary>
/// <param name="Did">Its DID.</param>
/// <param name="Chunks">Its chunks.</param>
/// <param name="StoredMb">MB as stored.</param>
/// <param name="SizeMb">MB without compression.</param>
public sealed record LevelInput(string Did, int Chunks, double StoredMb, double SizeMb);
