using System.Collections.Immutable;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>The files that are sent with jobs, by their logical names.</summary>
public static class PayloadFiles
{
    public const string Process = "process.py";
    public const string Combine = "combine.py";
    public const string Module = "payload_common.py";

    /// <summary>The job on the submit host that unpacks what was staged out; it needs <see cref="Module"/> beside it.</summary>
    public const string Unpack = "unpack.py";

    /// <summary>The executable of every job: it becomes the program that is staged beside it.</summary>
    public const string Wrapper = "process.sh";

    /// <summary>What plans a part of a workflow, on the submit host, when DAGMan reaches it.</summary>
    public const string PlanPart = "plan_part.py";

    public const string Config = ".xenon_config";
    public const string Token = ".dbtoken";
    public const string Cutax = "cutax.tar.gz";

    /// <summary>The environment variable that tells the wrappers that it is a canary.</summary>
    public const string KindVariable = "OUTSOURCE_PAYLOAD";

    /// <summary>
    /// The content of the token file if nothing is registered, and of the cutax tarball of a canary. A canary runs on any node, so it gets
    /// no credentials.
    /// </summary>
    public const string StandIn = "stand-in";

    /// <summary>Subfolder of the payload with the canary programs.</summary>
    public const string CanaryFolder = "canary";

    /// <summary>The files that are copied beside the workflow, relative to the payload's folder.</summary>
    public static ImmutableArray<string> Copied(Payload payload) =>
        [Wrapper, Module, ProgramPath(payload, Process), ProgramPath(payload, Combine)];

    /// <summary>Path of a program below the payload's folder.</summary>
    public static string ProgramPath(Payload payload, string program) =>
        payload == Payload.Canary && program != Module ? $"{CanaryFolder}/{program}" : program;
}

/// <summary>Which payload, and its arguments besides the fixed ones.</summary>
/// <param name="Kind">Real or canary.</param>
/// <param name="Arguments">Arguments added to every job: they control the behaviour of a canary.</param>
public sealed record PayloadChoice(Payload Kind, ImmutableArray<string> Arguments)
{
    public static PayloadChoice Real { get; } = new(Payload.Strax, []);

    /// <summary>As the settings say.</summary>
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
