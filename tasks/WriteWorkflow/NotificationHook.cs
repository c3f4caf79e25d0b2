using Outsource.Foundation.Text;

namespace Outsource.WriteWorkflow;

/// <summary>
/// The command that a workflow hook runs at start and end: Pegasus' own mail script (docs/domain.md §9). Pegasus' monitor splits the
/// command as a POSIX shell does, and runs it without a shell (Pegasus 5.1, <c>monitoring/notifications.py</c>).
/// </summary>
/// <remarks>
/// As shipped with Pegasus 5.1 the script fails before it sends anything: it calls <c>yaml.load</c> without a loader, which PyYAML 6
/// rejects, and its default report passes unknown options to pegasus-status. So this command adds a loader, and requests no report; Status
/// shows more. The script also needs PEGASUS_BIN_DIR, which neither pegasus-run nor the monitor sets (seen with 5.1.2 on HTCondor 23.9: no
/// mail, and the script's usage text in <c>monitord-notifications.log</c>).
/// </remarks>
public static class NotificationHook
{
    /// <summary>The program to which the script passes its mail if no server accepts it at port 25 of this machine.</summary>
    public const string Mailer = "/usr/sbin/sendmail";

    private const string Program =
        "import runpy, sys, yaml; load = yaml.load; yaml.load = lambda stream, Loader=yaml.SafeLoader: load(stream, Loader); "
        + "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name=\"__main__\")";

    /// <summary>Path of the script.</summary>
    /// <param name="pegasusPath">Prefix of the Pegasus installation. Absolute.</param>
    public static string Script(string pegasusPath) => Path.Combine(pegasusPath, "share/pegasus/notification/email");

    /// <summary>The command.</summary>
    /// <param name="pegasusPath">Prefix of the Pegasus installation. Absolute.</param>
    /// <param name="address">The receiver.</param>
    public static string Command(string pegasusPath, string address) =>
        $"env {ShellText.Quote($"PEGASUS_BIN_DIR={Path.Combine(pegasusPath, "bin")}")} python3 -c {ShellText.Quote(Program)} "
        + $"{ShellText.Quote(Script(pegasusPath))} -t {ShellText.Quote(address)} -r none";
}
