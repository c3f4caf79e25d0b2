using Outsource.Artifacts;
using Outsource.Model.Contexts;
using Outsource.Workflows;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks that the jobs' strax is new enough.</summary>
public sealed class StraxCheck(LoadedConfiguration loaded)
{
    private const string Subject = "strax";

    /// <summary>The check; empty if the version does not matter.</summary>
    public IEnumerable<CheckResult> Look()
    {
        var version = loaded.Context.StraxVersion;
        return loaded.Settings.Canary ? []
            : StraxRule.ErrorIn(version) is { } fault ? [CheckResult.Failed(Subject, fault, StraxRule.Remedy)]
            : PackageVersion.Parse(version) is null
                ?
                [
                    CheckResult.Warning(
                        Subject,
                        "the context document "
                            + $"{(version is null ? "has no strax version" : $"has strax version '{version}', which is not valid")}; jobs "
                            + $"need {StraxRule.Needed} or later",
                        StraxRule.Remedy
                    ),
                ]
            : [CheckResult.Ok(Subject, $"{version}, jobs need {StraxRule.Needed} or later")];
    }
}
