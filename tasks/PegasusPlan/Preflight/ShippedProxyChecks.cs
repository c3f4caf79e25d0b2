using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Services.Proxies;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the proxy that the site catalog sends with the jobs, and its remaining time.</summary>
public sealed class ShippedProxyChecks(HostEnvironment host, IMachine machine, OutsourceSettings settings, JobDemands demands)
{
    private const string Key = "x509_user_proxy";

    /// <summary>Whether the configuration names the proxy.</summary>
    private bool FromKey =>
        settings.Origins.TryGetValue(Key, out var origin)
        && (origin.StartsWith(settings.ConfigFile, StringComparison.Ordinal) || origin == Assignments.Origin);

    /// <summary>The proxy itself.</summary>
    public IEnumerable<CheckResult> Look()
    {
        string? shipped;
        bool isCopy;
        try
        {
            shipped = Checked();
            isCopy = settings.ByLevel && shipped == Copy.Current;
        }
        catch (Exception error) when (JobDemands.IsUnreadable(error))
        {
            return
            [
                CheckResult.Failed(
                    "proxy",
                    $"cannot determine the proxy from the site catalog: {error.Message}",
                    "Write the workflow again with --target=WriteWorkflow --replace."
                ),
            ];
        }

        return new ProxyChecks(host, machine)
        {
            Least =
                settings.ByLevel || settings.IsSet("x509_min_valid_hours")
                    ? TimeSpan.FromHours(settings.X509MinValidHours)
                    : ProxyChecks.LeastTime,
            SetBy = FromKey ? Key : ProxyChecks.Variable,
            Own = isCopy ? settings.Proxy : null,
        }.Of(shipped, isCopy ? shipped! : settings.Proxy);
    }

    private ProxyCopy Copy => new(host.Disk, settings, machine.UtcNow);

    /// <summary>The file that is sent; for a copy that a submission renews before it is checked, the file that it is made of.</summary>
    private string? Checked() =>
        demands.ShippedProxy() is var sent && settings.ByLevel && sent == ProxyCopy.SentBy(settings) ? Copy.Current : sent;

    /// <summary>The proxy's remaining time against the workflow's length; null: there is no proxy that could expire.</summary>
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
                "the length of the workflow is unknown: no earlier workflow below work_dir has such jobs"
            );
        }

        var words =
            $"the workflow takes at least {WorkflowLength.Describe(estimate.Length)} plus waiting for machines, measured on "
            + $"workflow '{estimate.MeasuredOn}'; the proxy has {WorkflowLength.Describe(left)} left";
        return left >= estimate.Length
            ? CheckResult.Ok(Subject, words)
            : CheckResult.Warning(Subject, words, "Make a proxy with a longer life, or renew it at the same path before it expires.");
    }

    private TimeSpan? TimeLeft()
    {
        try
        {
            return
                Checked() is { } path
                && host.Disk.File.Exists(path)
                && ProxyFile.Parse(BoundedText.ReadAll(host.Disk, path)).Until - machine.UtcNow is var left
                && left > TimeSpan.Zero
                ? left
                : null;
        }
        catch (Exception unusable)
            when (JobDemands.IsUnreadable(unusable) || unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            // The proxy's own checks already report this.
            return null;
        }
    }
}
