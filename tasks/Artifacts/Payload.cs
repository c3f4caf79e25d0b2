namespace Outsource.Artifacts;

/// <summary>What the jobs run: the real programs, or canary programs that test a grid end to end.</summary>
public enum Payload
{
    /// <summary>strax in the image.</summary>
    Strax,

    /// <summary>Test programs with the same arguments, outputs and exit codes that need no strax, no image and no service.</summary>
    Canary,
}
