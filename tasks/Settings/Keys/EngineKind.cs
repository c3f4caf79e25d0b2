namespace Outsource.Settings.Keys;

/// <summary>What runs the jobs of a workflow.</summary>
public enum EngineKind
{
    /// <summary>Pegasus plans them, DAGMan and HTCondor run them.</summary>
    Pegasus,

    /// <summary>Slurm runs them at a computing centre.</summary>
    Slurm,

    /// <summary>This program runs them on this machine.</summary>
    Local,
}

/// <summary>Where the local engine runs the real programs.</summary>
public enum LocalContainer
{
    /// <summary>In the image if there is a container program and the image exists, else in the environment of the shell.</summary>
    Auto,

    /// <summary>In the image, by apptainer or singularity.</summary>
    Apptainer,

    /// <summary>In the environment of the shell.</summary>
    None,
}
