using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the identity with which Rucio is used.</summary>
public sealed class RucioCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "Rucio identity";

    /// <summary>The result.</summary>
    public CheckResult Look()
    {
        if (settings.Rucio is not SourceChoice.Rest)
        {
            return CheckResult.Ok(Subject, $"not used ({settings.Rucio})");
        }

        try
        {
            var config = RucioConfig.Read(host, settings.Proxy);
            return CheckResult.Ok(Subject, $"account {config.Account} ({config.FilePath})");
        }
        catch (UsageException fault)
        {
            return CheckResult.Failed(
                Subject,
                fault.Message,
                "Correct rucio.cfg, or source the release's setup.sh, which sets CONDA_PREFIX or RUCIO_HOME."
            );
        }
    }
}
