namespace Outsource.Artifacts;

/// <summary>What the jobs run: the real programs, or stand-ins that test a grid end to end.</summary>
public enum Payload
{
    /// <summary>strax in the image.</summary>
    Strax,

    /// <summary>Stand-ins with the same arguments, outputs and exit codes that need no strax, no image and no service.</summary>
    Canary,
}
