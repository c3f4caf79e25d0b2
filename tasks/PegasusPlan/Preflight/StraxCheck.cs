using Outsource.Artifacts;
using Outsource.Model.Contexts;
using Outsource.Workflows;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks whether the strax of the jobs is young enough for them.</summary>
public sealed class StraxCheck(LoadedConfiguration loaded)
{
    private const string Subject = "strax";

    /// <summary>Whether the jobs' strax is young enough for them; nothing where that is no question.</summary>
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
                            + $"{(version is null ? "does not say its version" : $"says '{version}', which is no version")}, and jobs "
                            + $"need {StraxRule.Needed} or later",
                        StraxRule.Remedy
                    ),
                ]
            : [CheckResult.Ok(Subject, $"{version}, jobs need {StraxRule.Needed} or later")];
    }
}
