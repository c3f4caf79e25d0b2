namespace Outsource.Operator.Unpack;

/// <summary>At which level the job that made a tarball works.</summary>
public enum TarballLevel
{
    /// <summary>Parts, each of a few chunks of raw data.</summary>
    Lower,

    /// <summary>Merged parts.</summary>
    Combine,

    /// <summary>All else.</summary>
    Upper,
}

/// <summary>A tarball in a workflow's outputs folder.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Run">Run number.</param>
/// <param name="Level">The level of its job.</param>
/// <param name="Bytes">Its size.</param>
public sealed record StagedTarball(string Path, int Run, TarballLevel Level, long Bytes)
{
    /// <summary>What <c>unpack.py</c> accepts.</summary>
    private const int LongestJob = 250;

    /// <summary>Its name without folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder below the outputs folder into which its data belongs.</summary>
    public string Folder => Level == TarballLevel.Lower ? "strax_data_osg_per_chunk" : "strax_data_osg";

    /// <summary>The job in the index: its name in the DAG is not known from the file, so the tarball's name stands for it.</summary>
    public string Job => Name[..Math.Min(LongestJob, Name.Length - StagedTarballs.Suffix.Length)];
}

/// <summary>What became of a tarball.</summary>
/// <param name="Tarball">The tarball.</param>
/// <param name="ExitCode">Exit code of <c>unpack.py</c> (docs/exit-codes.md).</param>
/// <param name="Cause">Why it was left; empty: it is unpacked.</param>
public sealed record UnpackedTarball(StagedTarball Tarball, int ExitCode, string Cause)
{
    /// <summary>Whether all of it is unpacked.</summary>
    public bool Done => ExitCode == 0;
}
