using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Services.Proxies;
using Outsource.Services.RunDb;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the proxy of the jobs: the file that the site catalog names.</summary>
public sealed class ProxyChecks(HostEnvironment host, IMachine machine)
{
    /// <summary>The time that a proxy must have left. Jobs wait in the queue, and results are uploaded at their end.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromHours(20);

    /// <summary>With less it should be renewed before a submission, as the RunDB's token is.</summary>
    public static readonly TimeSpan AdvisedTime = RunDbToken.LeastAtSubmission;

    /// <summary>The minimum length of its keys.</summary>
    public const int LeastBits = 2048;

    /// <summary>The time that a proxy must have left: that of x509_min_valid_hours.</summary>
    public TimeSpan Least { get; init; } = LeastTime;

    /// <summary>What sets the proxy: the variable, or the key that wins over it.</summary>
    public string SetBy { get; init; } = Variable;

    /// <summary>The operator's file, where the one that is sent is a copy of it; null: the one that is sent.</summary>
    public string? Own { get; init; }

    /// <summary>The variable that names the proxy.</summary>
    public const string Variable = "X509_USER_PROXY";

    private const string Subject = "proxy",
        Command = "voms-proxy-init -rfc -voms xenon.biggrid.nl -bits 2048 -hours 168 -out";

    /// <summary>The checks, in the order in which an operator fixes them.</summary>
    /// <param name="shipped">The file that the site catalog names, or null: none is shipped.</param>
    /// <param name="meant">The file of the settings.</param>
    public IEnumerable<CheckResult> Of(string? shipped, string meant)
    {
        if (shipped is null)
        {
            yield return CheckResult.Ok(Subject, "none is shipped with these sites");
            yield break;
        }

        if (shipped != meant)
        {
            yield return CheckResult.Failed(
                "proxy shipped",
                $"the jobs get '{shipped}', but {(SetBy == Variable ? $"{Variable} or ~/user_cert" : SetBy)} is now '{meant}'",
                $"Set {SetBy} to the proxy to use, and write the workflow again with --target=WriteWorkflow --replace; "
                    + "or correct --site-profile."
            );
        }

        var disk = host.Disk;
        if (!disk.File.Exists(shipped))
        {
            yield return CheckResult.Failed(Subject, $"'{shipped}' is missing", $"{Renew(shipped)}; or set {SetBy}.");
            yield break;
        }

        var content = Content(shipped).ToList();
        if (content is [{ Subject: Subject, State: CheckState.Failed } unusable])
        {
            // Its mode does not matter here: it may be any file of the machine.
            yield return unusable;
            yield break;
        }

        const UnixFileMode Needed = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var mode = OperatingSystem.IsWindows() ? Needed : disk.File.GetUnixFileMode(shipped);
        if (mode != Needed && IsAnotherFile(disk, shipped))
        {
            // Advice such as "chmod 600 /etc/passwd" would do more damage than a wrong proxy.
            yield return CheckResult.Failed(
                Subject,
                $"'{shipped}' is not a proxy: it contains no certificate",
                $"Do not change that file, and set {SetBy} to the file of your proxy."
            );
            yield break;
        }

        yield return mode == Needed
            ? CheckResult.Ok("proxy permissions", "only you can read it")
            : CheckResult.Failed(
                "proxy permissions",
                $"'{shipped}' has mode {Octal(mode)}, but the planner accepts only 0600",
                $"chmod 600 {ShellText.Quote(shipped)}"
            );

        foreach (var check in content)
        {
            yield return check;
        }
    }

    private IEnumerable<CheckResult> Content(string path)
    {
        try
        {
            return Content(path, ProxyFile.Parse(BoundedText.ReadAll(host.Disk, path)));
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            // A new proxy must not overwrite a file that is something else.
            var place = Path.Combine(host.Home, "user_cert") is var usual && usual == (Own ?? path) ? usual + ".new" : usual;
            var problem = error is FormatException ? error.Message : $"it cannot be read ({DiskFault.Why(error, path)})";
            return [CheckResult.Failed(Subject, $"'{path}' cannot be used: {problem}", $"Set {SetBy} to a proxy. {Renew(place)}.")];
        }
    }

    private IEnumerable<CheckResult> Content(string path, ProxyFile proxy) =>
        [
            CheckResult.Ok(Subject, $"'{path}', of {proxy.Subject}"),
            Lasting(path, proxy),
            Key(path, proxy),
            Kind(path, proxy),
            Voms(path, proxy),
        ];

    private CheckResult Lasting(string path, ProxyFile proxy) =>
        Time(
            "proxy time left",
            path,
            proxy.From > machine.UtcNow ? $"it is valid only from {Stamp(proxy.From)} on" : null,
            proxy.Until,
            Least
        );

    private CheckResult Key(string path, ProxyFile proxy) =>
        proxy.RsaBits is null or >= LeastBits
            ? CheckResult.Ok(
                "proxy key",
                proxy.RsaBits is { } bits ? string.Create(CultureInfo.InvariantCulture, $"RSA, {bits} bits") : "no RSA key"
            )
            : CheckResult.Failed(
                "proxy key",
                string.Create(CultureInfo.InvariantCulture, $"it has {proxy.RsaBits} bits, at least {LeastBits} are needed"),
                Renew(path) + "."
            );

    private CheckResult Kind(string path, ProxyFile proxy) =>
        proxy.Kind switch
        {
            ProxyKind.Rfc => CheckResult.Ok("proxy kind", "RFC 3820"),
            ProxyKind.Draft => CheckResult.Warning(
                "proxy kind",
                "it has the draft format before RFC 3820",
                "Storage elements may refuse it: make one with -rfc."
            ),
            ProxyKind.Legacy => CheckResult.Failed(
                "proxy kind",
                "it is a legacy proxy (Globus 2), which current storage elements reject",
                Renew(path) + "."
            ),
            _ => CheckResult.Warning(
                "proxy kind",
                "it is not a proxy, but a certificate with its own key",
                "It would be sent with every job. Make a proxy of it: voms-proxy-init -rfc."
            ),
        };

    private CheckResult Voms(string path, ProxyFile proxy) =>
        !proxy.HasVoms
            ? CheckResult.Failed("proxy VOMS attributes", "it has none, so storage elements do not accept it for XENON", Renew(path) + ".")
        : proxy.VomsUntil is { } until ? Time("proxy VOMS attributes", path, null, until, LeastTime)
        : CheckResult.Ok("proxy VOMS attributes", "present");

    /// <summary>The command to type.</summary>
    private string Renew(string path) => $"Make a new one: {Command} {ShellText.Quote(Own ?? path)}";

    /// <summary>A time that must be left. VOMS servers give attributes for less time than a proxy may live, so theirs is not the key's.
    /// </summary>
    private CheckResult Time(string subject, string path, string? early, DateTimeOffset until, TimeSpan least)
    {
        var left = until - machine.UtcNow;
        var words =
            early
            ?? (
                left <= TimeSpan.Zero
                    ? $"ended at {Stamp(until)}"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Math.Floor(left.TotalHours):0} h {left.Minutes} min left, until {Stamp(until)}"
                    )
            );
        return early is null && left >= least
            ? left >= AdvisedTime || AdvisedTime < least
                ? CheckResult.Ok(subject, words)
                : CheckResult.Warning(subject, $"{words}; {AdvisedTime.TotalHours:0} h are advised", Renew(path) + ".")
            : CheckResult.Failed(subject, $"{words}; at least {Hours(least)} h are needed", Renew(path) + ".");
    }

    private static string Hours(TimeSpan time) => time.TotalHours.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);

    /// <summary>Whether a readable file contains no certificate.</summary>
    private static bool IsAnotherFile(System.IO.Abstractions.IFileSystem disk, string path)
    {
        try
        {
            return !BoundedText.ReadAll(disk, path).Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            // A file that cannot be read may be a proxy.
            return false;
        }
    }
}
