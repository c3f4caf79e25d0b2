using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Settings.Keys;

/// <summary>Reads the <c>[RunDB]</c> keys. No message holds a value of theirs: which of them is secret is not for us to guess.</summary>
public static partial class RunDbCredentialsReader
{
    /// <summary>The credentials, read anew from the configuration that the settings were made from.</summary>
    /// <exception cref="UsageException">What <c>rundb</c> needs is missing or malformed.</exception>
    public static RunDbCredentials Read(HostEnvironment surroundings, OutsourceSettings settings)
    {
        var file = XenonConfigFile.Read(surroundings.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(surroundings));
        var faults = new List<Fault>(file.Faults);
        var credentials = Read(file, settings.RunDb, faults);
        return faults.Count == 0 ? credentials : throw new UsageException(faults);
    }

    /// <summary>What a token for the jobs is made with, wherever the runs come from.</summary>
    /// <exception cref="UsageException">It is missing or malformed.</exception>
    public static RunDbCredentials ForToken(HostEnvironment surroundings, OutsourceSettings settings)
    {
        var file = XenonConfigFile.Read(surroundings.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(surroundings));
        var faults = new List<Fault>(file.Faults);
        var credentials = Read(file, SourceNames.Rest, faults, "the jobs take a token of the RunDB along, and making one needs it");
        return faults.Count == 0 ? credentials : throw new UsageException(faults);
    }

    /// <summary>The credentials of a file.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="rundb">The source in use: only what it needs is demanded.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="purpose">What needs a key, as a clause; null: that source.</param>
    internal static RunDbCredentials Read(XenonConfigFile file, string? rundb, ICollection<Fault> faults, string? purpose = null)
    {
        ConfigValue? Find(string key) => file.Find(KeyCatalog.RunDb, KeyCatalog.Of(KeyCatalog.RunDb, key).Name);
        string? Text(string key) => Find(key) is { Text.Length: > 0 } value ? value.Text : null;
        void Wrong(string key, string text) => faults.Add(new Fault($"{key} {text}", file.Path, Find(key)?.Line));
        bool Needed(string source)
        {
            if (rundb != source)
            {
                return false;
            }

            foreach (var key in KeyCatalog.In(KeyCatalog.RunDb).Where(k => k.NeededBy == source).Select(k => k.Name))
            {
                var value = Text(key);
                if (value is null)
                {
                    Wrong(
                        key,
                        $"is {(Find(key) is null ? "missing" : "empty")}, but {purpose ?? $"rundb = {source} needs it"}: "
                            + $"{KeyCatalog.Of(KeyCatalog.RunDb, key).Meaning}. Write it into [RunDB]."
                    );
                }
                else if (value.Contains('\n', StringComparison.Ordinal))
                {
                    Wrong(key, "goes on over several lines, since an indented line continues the one above. Move that line to the margin.");
                }
                else if (value.StartsWith('<') && value.EndsWith('>'))
                {
                    Wrong(key, "still holds the placeholder of the sample. Ask the RunDB's keepers for the value.");
                }
            }

            return true;
        }

        Uri? Address(string key)
        {
            if (Text(key) is not { } address || address.StartsWith('<'))
            {
                return null;
            }

            if (
                !Uri.TryCreate(address.TrimEnd('/'), UriKind.Absolute, out var url)
                || url.Scheme is not ("http" or "https")
                || url.Host.Length == 0
                || url.Query.Length + url.Fragment.Length > 0
            )
            {
                Wrong(
                    key,
                    "is no address (its value is not shown): expected http://HOST or https://HOST, with a port and a path if need be, "
                        + "and nothing behind it."
                );
            }
            else if (url.UserInfo.Length > 0)
            {
                Wrong(key, "holds a user or password (its value is not shown): put them into rundb_api_user and rundb_api_password.");
            }

            return url;
        }

        var url = Needed("rest") ? Address("rundb_api_url") : null;
        var mongo = Needed("mongo");
        var (hosts, decoded) = (ImmutableArray<string>.Empty, new Dictionary<string, string?>());
        foreach (var key in new[] { "xent_user", "xent_password" })
        {
            decoded[key] = Text(key);
            if (mongo && decoded[key] is { } text && !text.StartsWith('<'))
            {
                decoded[key] = LonePercent().IsMatch(text) ? null : Uri.UnescapeDataString(text.Replace('+', ' '));
                if (decoded[key] is null)
                {
                    Wrong(
                        key,
                        "holds a % that no two hexadecimal digits follow (its value is not shown). It stands there as in an address, "
                            + "since utilix puts it into one: write %25 for % itself."
                    );
                }
            }
        }

        var options = new RunDbOptions(Find, mongo ? Wrong : (_, _) => { });
        var single = options.Flag("force_single_server");
        if (Text("xent_url") is { } servers)
        {
            hosts = [.. servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            hosts = single && hosts.Length > 1 ? [hosts[^1]] : hosts;
            if (mongo && !servers.StartsWith('<') && !hosts.All(h => HostAndPort().IsMatch(h)))
            {
                Wrong("xent_url", "is no host:port (its value is not shown): expected HOST or HOST:PORT, several separated by commas.");
            }
        }

        var direct = options.Flag("direct_connection");
        if (mongo && direct && hosts.Length > 1)
        {
            Wrong(
                "force_single_server",
                $"is False, and xent_url names {hosts.Length} hosts: write direct_connection = False too, for only one host can be "
                    + "asked directly."
            );
        }

        var retries = KeyCatalog.Of(KeyCatalog.RunDb, "rundb_retry");
        var retry = int.Parse(retries.Default!, CultureInfo.InvariantCulture);
        if (Text("rundb_retry") is { } tries && rundb is "rest" or "mongo")
        {
            var digits = tries.Split('#', ';')[0].Trim();
            if (
                int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= retries.Least
                && number <= retries.Greatest
            )
            {
                retry = number;
            }
            else
            {
                Wrong(
                    "rundb_retry",
                    $"must be a whole number from {retries.Least} to {retries.Greatest}. Correct it, or leave it out for {retries.Default}."
                );
            }
        }

        return new RunDbCredentials
        {
            ApiUrl = url,
            ApiUser = Text("rundb_api_user"),
            ApiPassword = Text("rundb_api_password"),
            Retry = retry,
            TokenUrl = url is null ? null : Address("tk_rundb_api_url"),
            MongoHosts = hosts,
            MongoDirect = direct,
            MongoReadPreference = options.Word("read_preference", ReadPreferences),
            MongoPool = options.Number("max_pool_size"),
            MongoConnect = TimeSpan.FromMilliseconds(options.Number("connect_timeout")),
            MongoAnswer = TimeSpan.FromMilliseconds(options.Number("socket_timeout")),
            MongoUser = decoded["xent_user"],
            MongoPassword = decoded["xent_password"],
            MongoDatabase = Text("xent_database"),
        };
    }

    /// <summary>As pymongo spells them, of which it takes no other spelling.</summary>
    private static readonly string[] ReadPreferences = ["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"];

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})")]
    private static partial Regex LonePercent();

    [GeneratedRegex(@"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex HostAndPort();
}
