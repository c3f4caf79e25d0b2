using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks whether mail can be sent.</summary>
public sealed class NotificationCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "notification";

    /// <summary>What came of it.</summary>
    public CheckResult? Look()
    {
        if (settings.NotificationEmail is not { } address)
        {
            return null;
        }

        var script = NotificationHook.Script(settings.PegasusPath);
        return !host.Disk.File.Exists(script)
                ? CheckResult.Warning(
                    Subject,
                    $"'{script}' is not there, so no mail will come",
                    "Set pegasus_path in [Outsource] to the Pegasus that is used, or leave notification_email empty."
                )
            : !host.Disk.File.Exists(NotificationHook.Mailer)
                ? CheckResult.Warning(
                    Subject,
                    $"'{NotificationHook.Mailer}' is not there, so mail comes only where a mail server listens on this machine",
                    "Install one, or leave notification_email empty."
                )
            : CheckResult.Ok(Subject, $"mail to {address} at start and end");
    }
}
