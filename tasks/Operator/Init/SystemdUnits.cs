using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Operator.Init;

/// <summary>Units of systemd for every day: a service and a timer that submit what is new, and two that send messages.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="program">The program that the services call. Absolute.</param>
public sealed class SystemdUnits(HostEnvironment host, string program)
{
    /// <summary>Names and texts of the files.</summary>
    /// <param name="config">The configuration that the services use, or null. Absolute.</param>
    public IReadOnlyList<(string Name, string Text)> Texts(string? config)
    {
        var environment = config is null ? "" : $"Environment={Quote($"XENON_CONFIG={config}")}\n";
        string Service(string what, string arguments, string longest) =>
            $"""
            [Unit]
            Description=Outsource: {what}
            Wants=network-online.target
            After=network-online.target

            [Service]
            Type=oneshot
            {environment}ExecStart={Quote(program)} {arguments}
            TimeoutStartSec={longest}
            UMask=0077

            """.ReplaceLineEndings("\n");
        string Timer(string what, string when) =>
            $"""
            [Unit]
            Description=Outsource: {what}

            [Timer]
            {when}
            Persistent=true

            [Install]
            WantedBy=timers.target

            """.ReplaceLineEndings("\n");
        const string Submit = "--target=Submit --yes --one-at-a-time --nothing-is-fine";
        const string Log = "--log=%h/.local/state/outsource/calls.jsonl";
        return
        [
            ("outsource-submit.service", Service("submit what is new", $"{Submit} {Log}", "12h")),
            ("outsource-submit.timer", Timer("submit what is new, every day", "OnCalendar=*-*-* 05:17:00\nRandomizedDelaySec=10min")),
            ("outsource-notify.service", Service("messages about workflows", $"--target=Notify {Log}", "30min")),
            ("outsource-notify.timer", Timer("messages about workflows", "OnCalendar=*:0/10")),
        ];
    }

    /// <summary>Writes them into <c>~/.config/systemd/user</c>.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="UsageException">One of them exists already; then none is written.</exception>
    public string Write(string? config)
    {
        var home = host.Variable("XDG_CONFIG_HOME") ?? Path.Combine(host.Home, ".config");
        var folder = Path.Combine(host.Absolute(home), "systemd", "user");
        var units = Texts(config).Select(u => (Path: Path.Combine(folder, u.Name), u.Text)).ToList();
        if (units.Where(u => host.Disk.Path.Exists(u.Path)).Select(u => u.Path).ToList() is { Count: > 0 } there)
        {
            throw new UsageException(
                $"'{there[0]}' exists already and is not overwritten. Edit it, or move it away; nothing was written."
            );
        }

        try
        {
            foreach (var (path, text) in units)
            {
                AtomicFile.WriteNewText(host.Disk, path, text, AtomicFile.Public);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutsourceException(
                $"'{folder}' cannot be written: {DiskFault.Why(error)}. Free some space, or make it writable.",
                inner: error
            );
        }

        return folder;
    }

    /// <summary>A word as systemd reads it: in quotes, and % is no specifier.</summary>
    private static string Quote(string word) =>
        "\""
        + word.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal)
            .Replace("$", "$$", StringComparison.Ordinal)
        + "\"";
}
