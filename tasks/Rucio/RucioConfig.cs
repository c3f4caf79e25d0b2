using System.Globalization;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.LoadConfig;

namespace Outsource.Rucio;

/// <summary>What we need of <c>rucio.cfg</c>, section <c>[client]</c> (domain.md §3). Shows nothing of itself.</summary>
public sealed class RucioConfig
{
    private const string Section = "client", ByProxy = "x509_proxy", ByPassword = "userpass";

    private static readonly string[] Places = ["$RUCIO_HOME/etc/rucio.cfg", "/opt/rucio/etc/rucio.cfg", "$CONDA_PREFIX/etc/rucio.cfg"];

    private RucioConfig(string path) => FilePath = path;

    /// <summary>The file. Absolute.</summary>
    public string FilePath { get; }

    public required Uri Host { get; init; }

    public required Uri AuthHost { get; init; }

    public required string Account { get; init; }

    /// <summary>The proxy to log in with, absolute, and what names it; null: with user and password.</summary>
    public (string Path, string Subject)? Proxy { get; private init; }

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
    /// <param name="surroundings">Where we run.</param>
    /// <param name="proxy">The proxy of the settings, where the file names none. Absolute.</param>
    /// <exception cref="UsageException">There is none, or something in it is missing or malformed; all faults together.</exception>
    public static RucioConfig Read(Surroundings surroundings, string proxy)
    {
        ArgumentNullException.ThrowIfNull(surroundings);
        var path = Locate(surroundings);
        var file = XenonConfigFile.Read(surroundings.Disk, path, name => surroundings.Variables.GetValueOrDefault(name));
        if (!file.Has(Section))
        {
            throw new UsageException([.. file.Faults, new Fault($"there is no section [{Section}]{NearestName.Hint(Section, file.Sections)}. It must hold rucio_host, auth_host, auth_type and account.", path)]);
        }

        var faults = new List<Fault>(file.Faults);
        void Wrong(string key, string text) => faults.Add(new Fault($"{key} {text}", path, file.Find(Section, key)?.Line));
        string? Text(string key, bool needed = false)
        {
            var text = file.Find(Section, key)?.Text;
            if (text is { Length: > 0 } && text.Contains('$', StringComparison.Ordinal) && key != "password")
            {
                // The proxy has a place of its own, which the variable would only repeat.
                if (key != "client_x509_proxy")
                {
                    Wrong(key, $"is '{text}', but the environment does not set that variable. Set it, or write the value into [{Section}].");
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
            if (text is not null && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0)
            {
                return url;
            }

            if (text is not null)
            {
                Wrong(key, "is no address (its value is not shown): expected https://HOST, with a port if need be, and no user or password in it.");
            }

            return new Uri("https://invalid.invalid");
        }

        var type = Text("auth_type", needed: true);
        if (type is not null and not (ByProxy or ByPassword))
        {
            Wrong("auth_type", $"is '{type}'; we can log in with {ByProxy} and with {ByPassword}.");
        }

        var account = surroundings.Variable("RUCIO_ACCOUNT") ?? Text("account", needed: true) ?? "";
        var tries = 3;
        if (Text("request_retries") is { } number && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out tries) || tries is < 1 or > 100))
        {
            Wrong("request_retries", $"is '{number}', which must be a whole number from 1 to 100. Correct it, or leave it out for 3.");
        }

        var config = new RucioConfig(path)
        {
            Host = Address("rucio_host"),
            AuthHost = Address("auth_host"),
            Account = account,
            Tries = tries,
            Proxy = type != ByProxy ? null
                : Text("client_x509_proxy") is { } own ? (surroundings.Absolute(own, Path.GetDirectoryName(path)), $"client_x509_proxy in [{Section}] of {path}")
                : (proxy, surroundings.Variable("X509_USER_PROXY") is null ? "its usual place" : "$X509_USER_PROXY"),
            Username = type == ByPassword ? Text("username", needed: true) : null,
            Password = type == ByPassword ? Text("password", needed: true) : null,
            Authorities = Text("ca_cert") is { } authorities ? (surroundings.Absolute(authorities, Path.GetDirectoryName(path)), $"ca_cert in [{Section}] of {path}") : null,
        };
        return faults.Count == 0 ? config : throw new UsageException(faults);
    }

    private static string Locate(Surroundings surroundings)
    {
        var tried = new List<string>();
        foreach (var place in Places)
        {
            var path = place;
            if (place.StartsWith('$'))
            {
                var slash = place.IndexOf('/', StringComparison.Ordinal);
                var folder = surroundings.Variable(place[1..slash]);
                if (folder is null)
                {
                    tried.Add($"{place} ({place[..slash]} is not set)");
                    continue;
                }

                path = surroundings.Absolute(folder) + place[slash..];
            }

            if (surroundings.Disk.File.Exists(path))
            {
                return path;
            }

            tried.Add(path);
        }

        throw new UsageException($"there is no rucio.cfg, which says how to reach Rucio. Looked for {string.Join(", ", tried)}. Source the release's setup.sh, set RUCIO_HOME, or name a snapshot with --rucio=file:PATH.");
    }
}
