using Outsource.Artifacts;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>The files that are sent with the jobs of a plan by level.</summary>
internal static class LevelFiles
{
    /// <summary>The packages that a job installs. For now cutax alone.</summary>
    public static IEnumerable<string> Packages(OutsourceSettings settings) => ["cutax"];

    /// <summary>The input files of a job, besides data.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="program">The program that it runs.</param>
    public static IEnumerable<string> InputsOf(OutsourceSettings settings, string program) =>
        [PayloadFiles.Config, PayloadFiles.Token, PayloadFiles.Cutax, PayloadFiles.Module, program];
}
