using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks whom Rucio will take us for.</summary>
public sealed class RucioCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "Rucio identity";

    /// <summary>What came of it.</summary>
    public CheckResult Look()
    {
        if (settings.Rucio is not SourceChoice.Rest)
        {
            return CheckResult.Ok(Subject, $"nobody is asked ({settings.Rucio})");
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
