using System.Collections.Immutable;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>The files that jobs take along, by their logical names.</summary>
public static class PayloadFiles
{
    public const string Process = "process.py";
    public const string Combine = "combine.py";
    public const string Module = "payload_common.py";

    /// <summary>The executable of every job: it becomes the program that is staged beside it.</summary>
    public const string Wrapper = "process.sh";

    public const string Config = ".xenon_config";
    public const string Token = ".dbtoken";
    public const string Cutax = "cutax.tar.gz";

    /// <summary>The environment variable by which the wrappers know a canary.</summary>
    public const string KindVariable = "OUTSOURCE_PAYLOAD";

    /// <summary>
    /// What stands in for the token where nothing is entered, and for the cutax tarball of a canary: it travels to any node, so it takes no
    /// credentials along.
    /// </summary>
    public const string StandIn = "stand-in";

    /// <summary>Subfolder of the payload with the stand-ins.</summary>
    public const string CanaryFolder = "canary";

    /// <summary>What is copied beside the workflow, relative to the payload's folder.</summary>
    public static ImmutableArray<string> Copied(Payload payload) =>
        [Wrapper, Module, ProgramPath(payload, Process), ProgramPath(payload, Combine)];

    /// <summary>Where a program stands below the payload's folder.</summary>
    public static string ProgramPath(Payload payload, string program) =>
        payload == Payload.Canary && program != Module ? $"{CanaryFolder}/{program}" : program;
}

/// <summary>Which payload, and what its jobs are told besides the fixed arguments.</summary>
/// <param name="Kind">Real or canary.</param>
/// <param name="Arguments">Arguments added to every job: how a canary misbehaves.</param>
public sealed record PayloadChoice(Payload Kind, ImmutableArray<string> Arguments)
{
    public static PayloadChoice Real { get; } = new(Payload.Strax, []);

    /// <summary>What the settings ask for.</summary>
    public static PayloadChoice Of(OutsourceSettings settings)
    {
        if (!settings.Canary)
        {
            return Real;
        }

        List<string> arguments = [.. settings.CanaryFail.SelectMany(f => new[] { "--canary-fail", f })];
        if (settings.CanarySleep is { } sleep)
        {
            arguments.AddRange(["--canary-sleep", sleep]);
        }

        if (settings.CanaryMegabytes is { } megabytes)
        {
            arguments.AddRange(["--canary-megabytes", megabytes]);
        }

        return new PayloadChoice(Payload.Canary, [.. arguments]);
    }
}
