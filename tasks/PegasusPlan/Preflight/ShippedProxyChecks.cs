using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks at the proxy that the site catalog ships with the jobs, and at how long it lasts.</summary>
public sealed class ShippedProxyChecks(HostEnvironment host, IMachine machine, OutsourceSettings settings, JobDemands demands)
{
    /// <summary>The proxy itself.</summary>
    public IEnumerable<CheckResult> Look()
    {
        string? shipped;
        try
        {
            shipped = demands.ShippedProxy();
        }
        catch (Exception error) when (JobDemands.IsUnreadable(error))
        {
            return
            [
                CheckResult.Failed(
                    "proxy",
                    $"the site catalog does not say which one is shipped: {error.Message}",
                    "Write the workflow anew with --target=WriteWorkflow --replace."
                ),
            ];
        }

        return new ProxyChecks(host, machine).Of(shipped, settings.Proxy);
    }

    /// <summary>The proxy against the workflow's own length; null: there is no proxy that could end.</summary>
    public CheckResult? AgainstLengthOf(JobPlan jobs)
    {
        const string Subject = "proxy and workflow";
        if (TimeLeft() is not { } left)
        {
            return null;
        }

        if (new WorkflowLength(host, settings).Estimate(jobs) is not { } estimate)
        {
            return CheckResult.Ok(
                Subject,
                "the workflow's length is not estimated: no earlier workflow below work_dir tells how long such jobs take"
            );
        }

        var words =
            $"the workflow takes at least {WorkflowLength.Words(estimate.Length)} besides waiting for machines, by the jobs of "
            + $"workflow '{estimate.MeasuredOn}'; the proxy has {WorkflowLength.Words(left)} left";
        return left >= estimate.Length
            ? CheckResult.Ok(Subject, words)
            : CheckResult.Warning(Subject, words, "Make a proxy that lasts longer, or renew it at the same path before it ends.");
    }

    private TimeSpan? TimeLeft()
    {
        try
        {
            return
                demands.ShippedProxy() is { } path
                && host.Disk.File.Exists(path)
                && ProxyFile.Parse(BoundedText.ReadAll(host.Disk, path)).Until - machine.UtcNow is var left
                && left > TimeSpan.Zero
                ? left
                : null;
        }
        catch (Exception unusable)
            when (JobDemands.IsUnreadable(unusable) || unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            // The proxy's own checks have said so.
            return null;
        }
    }
}
