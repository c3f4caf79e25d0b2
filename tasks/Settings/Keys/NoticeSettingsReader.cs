using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>
/// Reads who gets messages: from the configuration, and the webhook's address from <c>$OUTSOURCE_WEBHOOK_URL</c> or from a file that only
/// its owner can read.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
public sealed partial class NoticeSettingsReader(HostEnvironment host)
{
    /// <summary>The variable with the address of the webhook.</summary>
    public const string Variable = "OUTSOURCE_WEBHOOK_URL";

    /// <summary>What can be told, in the words of the key.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["start", "end", "holds", "failures"];

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">A key is not valid; all of them together. No message has the address of the webhook.</exception>
    public NoticeSettings Read(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, ConfiguredPlaces.Variables(host));
        var values = new ValueReader(file, host, invocation);
        var (server, port) = MailServer(values);
        var read = new NoticeSettings
        {
            Mail = values.Text(SettingCatalog.ByName["notification_email"], out _),
            MailServer = server,
            MailPort = port,
            Webhook = Webhook(values),
            Form = (WebhookForm)values.Read(SettingCatalog.ByName["webhook_form"])!,
            On = On(values),
        };
        ConfiguredPlaces.ThrowIfAny(values.Faults, file.Path);
        return read;
    }

    private static ImmutableArray<string> On(ValueReader values)
    {
        var on = (ImmutableArray<string>)values.Read(SettingCatalog.ByName["notify_on"])!;
        foreach (var word in on.Where(w => !Kinds.Contains(w)))
        {
            values.Wrong(
                $"notify_on contains '{UntrustedText.Shown(word)}'{NearestName.Hint(word, Kinds)}: allowed are {string.Join(", ", Kinds)}.",
                values.LineOf("notify_on")
            );
        }

        return on;
    }

    private static (string Host, int Port) MailServer(ValueReader values)
    {
        var text = values.Text(SettingCatalog.ByName["mail_server"], out var line) ?? "localhost";
        if (Server().Match(text) is { Success: true } match)
        {
            var port = match.Groups["port"] is { Success: true } typed ? int.Parse(typed.ValueSpan, CultureInfo.InvariantCulture) : 25;
            if (port is >= 1 and <= 65535)
            {
                return (match.Groups["host"].Value, port);
            }
        }

        values.Wrong($"mail_server is '{UntrustedText.Shown(text)}', but must be HOST or HOST:PORT, such as localhost:25.", line);
        return ("localhost", 25);
    }

    private Uri? Webhook(ValueReader values)
    {
        var file = values.FilePath(SettingCatalog.ByName["webhook_file"], out var line);
        var given = host.Variable(Variable);
        var (text, where) = given is not null ? (given, $"${Variable}") : (file is null ? null : Secret(file, values, line), file);
        if (text is null)
        {
            return null;
        }

        if (
            Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
            && address.Host.Length > 0
            && address.UserInfo.Length == 0
            && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))
        )
        {
            return address;
        }

        values.Wrong($"{where} does not hold the address of a webhook (its content is a secret and not shown): expected https://HOST/….");
        return null;
    }

    private string? Secret(string path, ValueReader values, int? line)
    {
        try
        {
            var stat = host.Disk.FileInfo.New(path);
            if (!stat.Exists || stat.LinkTarget is not null)
            {
                values.Wrong($"webhook_file is '{path}', which {(stat.Exists ? "is a link" : "does not exist")}. Name a file.", line);
                return null;
            }

            const UnixFileMode Others =
                UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if (!OperatingSystem.IsWindows() && (host.Disk.File.GetUnixFileMode(path) & Others) != 0)
            {
                values.Wrong($"webhook_file '{path}' can be read by others, and its address is a secret. Run chmod 600 on it.", line);
                return null;
            }

            return BoundedText.ReadAll(host.Disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            values.Wrong($"webhook_file '{path}' cannot be read: {DiskFault.Why(error, path)}.", line);
            return null;
        }
    }

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9][A-Za-z0-9.-]{0,250})(?::(?<port>[0-9]{1,5}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Server();
}
