using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>What we need of <c>rucio.cfg</c>, section <c>[client]</c> (docs/domain.md §3). Shows nothing of itself.</summary>
public sealed partial class RucioConfig
{
    private const string Section = "client",
        ByProxy = "x509_proxy",
        ByPassword = "userpass",
        ByCertificate = "x509";

    /// <summary>
    /// Where Rucio's client looks, in its order (<c>get_config_dirs</c> of Rucio 35 to 41; older ones did not look below $CONDA_PREFIX).
    /// $RUCIO_CONFIG names the file itself.
    /// </summary>
    private static readonly string[] Places =
    [
        "$RUCIO_HOME/etc/rucio.cfg",
        "$VIRTUAL_ENV/etc/rucio.cfg",
        "$CONDA_PREFIX/etc/rucio.cfg",
        "/opt/rucio/etc/rucio.cfg",
    ];

    /// <summary>Stands for a percent sign while others are looked at.</summary>
    private const string Percent = "\ufffe";

    private RucioConfig(string path) => FilePath = path;

    /// <summary>The file. Absolute.</summary>
    public string FilePath { get; }

    public required Uri Host { get; init; }

    public required Uri AuthHost { get; init; }

    /// <summary>Both addresses.</summary>
    public IEnumerable<Uri> Hosts => [Host, AuthHost];

    /// <summary>The account, or null: the server takes the one that belongs to who logs in.</summary>
    public string? Account { get; init; }

    /// <summary>The virtual organisation (<c>$RUCIO_VO</c>, <c>vo</c>), or null: the server's only one.</summary>
    public string? Vo { get; private init; }

    /// <summary>How to log in, as Rucio calls it: the last part of its address.</summary>
    public string AuthType { get; private init; } = ByPassword;

    /// <summary>
    /// The certificate to log in with, absolute, and what names it; its key is in the same file, or in <see cref="KeyFile"/>. Null: with
    /// user and password.
    /// </summary>
    public (string Path, string Subject)? Proxy { get; private init; }

    /// <summary>The key of a certificate that stands in a file of its own, absolute, and what names it.</summary>
    public (string Path, string Subject)? KeyFile { get; private init; }

    public string? Username { get; private init; }

    public string? Password { get; private init; }

    /// <summary>File or folder of certificate authorities, absolute, and what names it; null: those of this machine.</summary>
    public (string Path, string Subject)? Authorities { get; private init; }

    /// <summary>How often a request is tried.</summary>
    public int Tries { get; private init; } = 3;

    /// <summary>A key as errors name it: <c>auth_host in [client] of /opt/rucio/etc/rucio.cfg</c>.</summary>
    public string Key(string name) => $"{name} in [{Section}] of {FilePath}";

    public override string ToString() => $"{FilePath} (not shown)";

    /// <summary>Finds and reads it.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="proxy">The proxy of the settings, where the file names none. Absolute.</param>
    /// <exception cref="UsageException">There is none, or something in it is missing or malformed; all faults together.</exception>
    public static RucioConfig Read(HostEnvironment host, string proxy)
    {
        ArgumentNullException.ThrowIfNull(host);
        var path = Locate(host);
        var file = XenonConfigFile.Read(host.Disk, path, name => host.Variables.GetValueOrDefault(name));
        if (!file.Has(Section))
        {
            throw new UsageException([
                .. file.Faults,
                new Fault(
                    $"there is no section [{Section}]{NearestName.Hint(Section, file.Sections)}. It must hold rucio_host, auth_host "
                        + "and auth_type.",
                    path
                ),
            ]);
        }

        var literal = XenonConfigFile.Read(host.Disk, path, _ => null);
        var faults = new List<Fault>(file.Faults);
        void Wrong(string key, string text) => faults.Add(new Fault($"{key} {text}", path, file.Find(Section, key)?.Line));
        string? Interpolated(string? text) =>
            text is null
                ? null
                : Reference()
                    .Replace(
                        text.Replace("%%", Percent, StringComparison.Ordinal),
                        m => file.Find(Section, m.Groups[1].Value.ToLowerInvariant())?.Text ?? m.Value
                    );
        string? Text(string key, bool needed = false)
        {
            // Rucio reads it with Python's configparser as it comes: %(name)s and %% are its; $VARIABLES are the client's, and no part of a
            // name or password.
            var text = Interpolated((key is "username" or "password" ? literal : file).Find(Section, key)?.Text);
            if (text is not null && text.Contains('%', StringComparison.Ordinal))
            {
                Wrong(
                    key,
                    "holds a % that stands for nothing (its value is not shown). Write %% for % itself, as Python's configparser wants it."
                );
                return null;
            }

            text = text?.Replace(Percent, "%", StringComparison.Ordinal);
            if (text is { Length: > 0 } && text.Contains('$', StringComparison.Ordinal) && key != "password")
            {
                // The proxy has a place of its own, which the variable would only repeat.
                if (key is not ("client_x509_proxy" or "client_cert" or "client_key"))
                {
                    Wrong(
                        key,
                        $"is '{text}', but the environment does not set that variable. Set it, or write the value into [{Section}]."
                    );
                }

                return null;
            }

            if (needed && string.IsNullOrEmpty(text))
            {
                Wrong(key, $"is {(text is null ? "missing" : "empty")}. Write it into [{Section}].");
            }

            return string.IsNullOrEmpty(text) ? null : text;
        }

        Uri Address(string key)
        {
            var text = Text(key, needed: true);
            if (
                text is not null
                && Uri.TryCreate(text, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                && url.Host.Length > 0
                && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0
                && !text.Contains('?', StringComparison.Ordinal)
                && !text.Contains('#', StringComparison.Ordinal)
            )
            {
                return url;
            }

            if (text is not null)
            {
                Wrong(
                    key,
                    "is no address (its value is not shown): expected https://HOST, with a port and a path if need be, and no user or "
                        + "password, ? or # in it."
                );
            }

            return new Uri("https://invalid.invalid");
        }

        var asked = host.Variable("RUCIO_AUTH_TYPE");
        var type = asked ?? Text("auth_type", needed: true);
        if (type is not null and not (ByProxy or ByPassword or ByCertificate))
        {
            var (what, where) = asked is null ? ("auth_type", path) : ("$RUCIO_AUTH_TYPE", null);
            faults.Add(
                new Fault(
                    $"{what} is '{type}'; we can log in with {ByProxy}, {ByCertificate} and {ByPassword}.",
                    where,
                    asked is null ? file.Find(Section, "auth_type")?.Line : null
                )
            );
        }

        var tries = 3;
        if (
            Text("request_retries") is { } number
            && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out tries) || tries is < 0 or > 100)
        )
        {
            Wrong("request_retries", $"is '{number}', which must be a whole number from 0 to 100. Correct it, or leave it out for 3.");
        }

        (string, string)? File(string variable, string key, (string, string)? otherwise) =>
            host.Variable(variable) is { } named ? (host.Absolute(named), "$" + variable)
            : Text(key) is { } own ? (host.Absolute(own, Path.GetDirectoryName(path)), $"{key} in [{Section}] of {path}")
            : otherwise;
        (string, string)? NeededFile(string variable, string key)
        {
            var found = File(variable, key, null);
            if (found is null)
            {
                Wrong(key, $"is missing, and ${variable} is not set. Write it into [{Section}].");
            }

            return found;
        }

        var config = new RucioConfig(path)
        {
            Host = Address("rucio_host"),
            AuthHost = Address("auth_host"),
            Account = host.Variable("RUCIO_ACCOUNT") ?? Text("account"),
            Vo = host.Variable("RUCIO_VO") ?? Text("vo"),
            AuthType = type ?? ByPassword,
            Tries = Math.Max(tries, 1),
            Proxy = type switch
            {
                ByProxy => File("RUCIO_CLIENT_PROXY", "client_x509_proxy", UsualProxy(host, proxy)),
                ByCertificate => NeededFile("RUCIO_CLIENT_CERT", "client_cert"),
                _ => null,
            },
            KeyFile = type == ByCertificate ? NeededFile("RUCIO_CLIENT_KEY", "client_key") : null,
            Username = type == ByPassword ? Text("username", needed: true) : null,
            Password = type == ByPassword ? Text("password", needed: true) : null,
            Authorities =
                host.Variable("X509_CERT_DIR") is { } folder ? (host.Absolute(folder), "$X509_CERT_DIR")
                : Text("ca_cert") is { } authorities
                    ? (host.Absolute(authorities, Path.GetDirectoryName(path)), $"ca_cert in [{Section}] of {path}")
                : null,
        };
        return faults.Count == 0 ? config : throw new UsageException(faults);
    }

    /// <summary>
    /// The proxy where Rucio is told of none: that of the settings, else the one that voms-proxy-init makes without -out.
    /// </summary>
    private static (string, string) UsualProxy(HostEnvironment host, string proxy)
    {
        if (host.Variable("X509_USER_PROXY") is not null)
        {
            return (proxy, "$X509_USER_PROXY");
        }

        var made = $"/tmp/x509up_u{UserId(host)}";
        return !host.Disk.File.Exists(proxy) && host.Disk.File.Exists(made)
            ? (made, "where voms-proxy-init puts it")
            : (proxy, "its usual place");
    }

    /// <summary>The operator's number, as the kernel tells it of this process.</summary>
    private static string UserId(HostEnvironment host)
    {
        try
        {
            var line =
                host.Disk.File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal))
                ?? "";
            return line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2) ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"%\(([^)]+)\)s")]
    private static partial Regex Reference();

    private static string Locate(HostEnvironment host)
    {
        if (host.Variable("RUCIO_CONFIG") is { } named)
        {
            var path = host.Absolute(named);
            return DiskFault.NoFile(host.Disk, path) is not { } fault
                ? path
                : throw new UsageException(
                    $"$RUCIO_CONFIG names '{path}', which {fault}; Rucio's client looks nowhere else then. Correct it, or unset it."
                );
        }

        var tried = new List<string> { "$RUCIO_CONFIG (not set)" };
        foreach (var place in Places)
        {
            var path = place;
            if (place.StartsWith('$'))
            {
                var slash = place.IndexOf('/', StringComparison.Ordinal);
                var folder = host.Variable(place[1..slash]);
                if (folder is null)
                {
                    tried.Add($"{place} ({place[..slash]} is not set)");
                    continue;
                }

                path = host.Absolute(folder) + place[slash..];
            }

            if (host.Disk.File.Exists(path))
            {
                return path;
            }

            tried.Add(path);
        }

        throw new UsageException(
            $"there is no rucio.cfg, which says how to reach Rucio. Looked for {string.Join(", ", tried)}. Source the release's "
                + "setup.sh, set RUCIO_CONFIG or RUCIO_HOME, or name a snapshot with --rucio=file:PATH."
        );
    }
}
