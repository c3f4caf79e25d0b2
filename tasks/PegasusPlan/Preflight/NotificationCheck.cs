using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks that mail can be sent.</summary>
public sealed class NotificationCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "notification";

    /// <summary>The result.</summary>
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
                    $"'{script}' is missing, so no mail can be sent",
                    "Set pegasus_path in [Outsource] to the Pegasus in use, or leave notification_email empty."
                )
            : !host.Disk.File.Exists(NotificationHook.Mailer)
                ? CheckResult.Warning(
                    Subject,
                    $"'{NotificationHook.Mailer}' is missing, so mail is sent only if a mail server runs on this machine",
                    "Install one, or leave notification_email empty."
                )
            : CheckResult.Ok(Subject, $"mail to {address} at start and end");
    }
}
