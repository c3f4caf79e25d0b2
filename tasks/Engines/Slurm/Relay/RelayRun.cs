using System.Collections.Immutable;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>What an earlier workflow planned for one run and detector, so that what it made on the grid fits.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Detector">tpc, neutron_veto, muon_veto.</param>
public sealed record RelayRun(int Run, string Detector)
{
    /// <summary>Context, as it was named.</summary>
    public string Context { get; init; } = "";

    /// <summary>Version of the corrections, or null.</summary>
    public string? XedocsVersion { get; init; }

    /// <summary>First chunk, and the one after the last, of each lower job; empty: there are none.</summary>
    public ImmutableArray<(int Start, int Stop)> Groups { get; init; } = [];

    /// <summary>The types that lower jobs were asked for.</summary>
    public ImmutableArray<string> LowerTypes { get; init; } = [];

    /// <summary>The types that the upper job was asked for.</summary>
    public ImmutableArray<string> UpperTypes { get; init; } = [];

    /// <summary>Tarballs of the lower jobs, in the order of <see cref="Groups"/>.</summary>
    public ImmutableArray<string> LowerOutputs { get; init; } = [];

    /// <summary>Tarball of the combine job, or null.</summary>
    public string? CombineOutput { get; init; }

    /// <summary>Tarball of the upper job, or null.</summary>
    public string? UpperOutput { get; init; }

    /// <summary>All its tarballs.</summary>
    public IEnumerable<string> Outputs => LowerOutputs.Concat(new[] { CombineOutput, UpperOutput }.OfType<string>());
}
