using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>The section <c>[client]</c> of <c>rucio.cfg</c> as texts, read as Rucio's client reads it. Faults are collected.</summary>
internal sealed partial class RucioConfigFile
{
    private const string Section = RucioConfig.Section;

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

    /// <summary>Replaces a percent sign while others are looked for.</summary>
    private const string Percent = "\ufffe";

    private readonly XenonConfigFile _file;

    /// <summary>The same file with its $VARIABLES as they are.</summary>
    private readonly XenonConfigFile _literal;

    private RucioConfigFile(string path, XenonConfigFile file, XenonConfigFile literal)
    {
        (FilePath, _file, _literal) = (path, file, literal);
        Faults = [.. file.Faults];
    }

    /// <summary>The file. Absolute.</summary>
    public string FilePath { get; }

    /// <summary>What is wrong with it, so far.</summary>
    public List<Fault> Faults { get; }

    /// <summary>Finds and opens it.</summary>
    /// <exception cref="UsageException">There is none, or it has no section <c>[client]</c>.</exception>
    public static RucioConfigFile Open(HostEnvironment host)
    {
        var path = Locate(host);
        var file = XenonConfigFile.Read(host.Disk, path, name => host.Variables.GetValueOrDefault(name));
        return file.Has(Section)
            ? new RucioConfigFile(path, file, XenonConfigFile.Read(host.Disk, path, _ => null))
            : throw new UsageException([
                .. file.Faults,
                new Fault(
                    $"there is no section [{Section}]{NearestName.Hint(Section, file.Sections)}. It must contain rucio_host, auth_host "
                        + "and auth_type.",
                    path
                ),
            ]);
    }

    /// <summary>The line of a key, or null.</summary>
    public int? LineOf(string key) => _file.Find(Section, key)?.Line;

    /// <summary>Adds a fault of a key.</summary>
    public void Add(string key, string text) => Faults.Add(new Fault($"{key} {text}", FilePath, LineOf(key)));

    /// <summary>The text of a key that must be there; null: it is not, which is a fault.</summary>
    public string? Needed(string key)
    {
        var text = Expanded(key);
        if (text is { Length: 0 } || (text is null && !IsFaulty(key)))
        {
            Add(key, $"is {(text is null ? "missing" : "empty")}. Write it into [{Section}].");
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>The text of a key, or null.</summary>
    public string? Text(string key) => Expanded(key) is { Length: > 0 } text ? text : null;

    /// <summary>Whether a key is there, but was refused or its variable is not set.</summary>
    private bool IsFaulty(string key) => _file.Find(Section, key) is not null;

    /// <summary>
    /// Rucio reads the file with Python's configparser as it is: %(name)s and %% have its meaning; $VARIABLES have the client's, and are
    /// not part of a name or password.
    /// </summary>
    private string? Expanded(string key)
    {
        var text = Interpolated((key is "username" or "password" ? _literal : _file).Find(Section, key)?.Text);
        if (text is not null && text.Contains('%', StringComparison.Ordinal))
        {
            Add(
                key,
                "contains a % that has no meaning (its value is not shown). Write %% for % itself, as Python's configparser requires."
            );
            return null;
        }

        text = text?.Replace(Percent, "%", StringComparison.Ordinal);
        if (text is not { Length: > 0 } || !text.Contains('$', StringComparison.Ordinal) || key == "password")
        {
            return text;
        }

        // The variable of a proxy or certificate is read by itself.
        if (key is not ("client_x509_proxy" or "client_cert" or "client_key"))
        {
            Add(key, $"is '{text}', but the environment does not set that variable. Set it, or write the value into [{Section}].");
        }

        return null;
    }

    private string? Interpolated(string? text) =>
        text is null
            ? null
            : Reference()
                .Replace(
                    text.Replace("%%", Percent, StringComparison.Ordinal),
                    m => _file.Find(Section, m.Groups[1].Value.ToLowerInvariant())?.Text ?? m.Value
                );

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
                    $"$RUCIO_CONFIG names '{path}', which {fault}; Rucio's client then looks nowhere else. Correct it, or unset it."
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
            $"there is no rucio.cfg, which has the address of Rucio. Looked for {string.Join(", ", tried)}. Source the release's "
                + "setup.sh, set RUCIO_CONFIG or RUCIO_HOME, or name a snapshot with --rucio=file:PATH."
        );
    }
}
