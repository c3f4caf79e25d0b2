using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>
/// The <c>.xenon_config</c> that is sent with the jobs: only the keys that their packages read (<see cref="JobKeys"/>). It goes to
/// thousands of machines, so it contains no password that the jobs do not use. It does contain those that they use, so it must be written
/// with mode 0600.
/// </summary>
public static class ReducedConfig
{
    private const string Heading = "# Only the keys of the operator's configuration that the jobs need.\n",
        OfCanary = "# A canary needs nothing of the operator's configuration.\n";

    /// <summary>Replaces the values of secrets in the fingerprint.</summary>
    private const string Hidden = "(secret)";

    /// <summary>The text, in the dialect of Python's <c>configparser</c>.</summary>
    /// <exception cref="UsageException">The operator's configuration or table cannot be read.</exception>
    public static string Of(HostEnvironment host, LoadedConfiguration loaded) => Text(host, loaded, secrets: true);

    /// <summary>
    /// The same without secrets, for a fingerprint that others may read: the hash of a password can be found by guessing. Whether the
    /// secrets are equal is decided by comparing the file itself.
    /// </summary>
    public static string WithoutSecrets(HostEnvironment host, LoadedConfiguration loaded) =>
        Text(host, loaded, secrets: false);

    /// <summary>The values that would stop every job while its packages are imported; empty: none. With the line of each.</summary>
    public static IEnumerable<Fault> Faults(XenonConfigFile file, JobKeys keys)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys.Config.Where(k => k is { AtImport: true, Travel: not (Travel.Never or Travel.Hidden) }))
        {
            if (
                file.Find(key.Section, key.Name) is { Text.Length: > 0 } value
                && !JobKeyValue.IsPlaceholder(value.Text)
                && JobKeyValue.ErrorIn(key, value.Text) is { } fault
            )
            {
                var shown = key.Secret || key.Form is KeyForm.Hosts or KeyForm.UserInfo ? "" : $" '{UntrustedText.Shown(value.Text)}'";
                yield return new Fault(
                    $"[{key.Section}] {key.Name}{shown} {fault}. The import of the jobs' packages would fail. Allowed: "
                        + $"{key.Accepts}.{ValueReader.CommentHint(value.Text)}",
                    file.Path,
                    value.Line
                );
            }
        }
    }

    private static string Text(HostEnvironment host, LoadedConfiguration loaded, bool secrets)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(loaded);
        if (loaded.Settings.Canary)
        {
            return OfCanary;
        }

        var file = XenonConfigFile.Read(host.Disk, loaded.Settings.ConfigFile, ConfiguredPlaces.Variables(host));
        var text = new StringBuilder(Heading);
        foreach (
            var section in JobKeys
                .Read(host.Disk, loaded.Settings.TablesFolder)
                .Config.Where(k => Travels(k, loaded.Settings))
                .GroupBy(k => k.Section)
        )
        {
            text.Append('[').Append(section.Key).Append("]\n");
            foreach (var key in section)
            {
                if (Value(file, key) is { } value)
                {
                    text.Append(key.Name)
                        .Append(" = ")
                        .Append(key.Secret && !secrets ? Hidden : value.Replace("\n", "\n  ", StringComparison.Ordinal))
                        .Append('\n');
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a key is sent with the jobs of these settings.</summary>
    public static bool Travels(JobKey key, OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(settings);
        return key.Travel switch
        {
            Travel.Never => false,
            // Only jobs that update the RunDB log in to it; a job of days lives longer than its token.
            Travel.Upload => settings.Registers,
            _ => true,
        };
    }

    private static string? Value(XenonConfigFile file, JobKey key)
    {
        if (key.Travel == Travel.Hidden)
        {
            return key.StandIn;
        }

        var found = file.Find(key.Section, key.Name)?.Text;
        if (found is { Length: 0 } && key.EmptyCounts)
        {
            return "";
        }

        return found is not { Length: > 0 } || JobKeyValue.IsPlaceholder(found)
            ? key.StandIn
            : key.Form switch
            {
                // In utilix' form: it joins with '/', and a blank after a comma would become part of the host.
                KeyForm.Address => found.TrimEnd('/'),
                KeyForm.Count or KeyForm.Milliseconds => JobKeyValue.WithoutComment(found),
                KeyForm.TrueFalse => JobKeyValue.Switched(found) ?? found,
                KeyForm.Hosts => found.Replace(" ", "", StringComparison.Ordinal),
                _ => found,
            };
    }
}
