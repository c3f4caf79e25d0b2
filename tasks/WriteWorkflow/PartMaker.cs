using Outsource.Artifacts;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>What determines the content of the parts of a combine job, read from its arguments.</summary>
internal static class PartMaker
{
    private const string UploadFlag = ", \"--upload\"",
        RunDbFlag = ", \"--update-rundb\"",
        StageFlag = ", \"--stage\"";

    /// <summary>The arguments on which the content does not depend: what is uploaded, and how input is read.</summary>
    public static string FreeFlags(OutsourceSettings settings) =>
        (settings.Uploads ? UploadFlag : "") + (settings.Registers ? RunDbFlag : "") + (settings.Stage ? StageFlag : "");

    /// <summary>The arguments without those.</summary>
    /// <param name="arguments">The written arguments of a combine job.</param>
    /// <param name="payload">What the jobs run.</param>
    public static string Of(string arguments, Payload payload) =>
        arguments
            .Replace(UploadFlag, "", StringComparison.Ordinal)
            .Replace(RunDbFlag, "", StringComparison.Ordinal)
            .Replace(StageFlag, "", StringComparison.Ordinal)
        + (payload == Payload.Canary ? " canary" : "");
}
