using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Settings.Keys;

/// <summary>Reads the <c>[RunDB]</c> keys. No message contains their values, because any of them may be secret.</summary>
public static partial class RunDbCredentialsReader
{
    /// <summary>The credentials, read again from the configuration of the settings.</summary>
    /// <exception cref="UsageException">What <c>rundb</c> needs is missing or not valid.</exception>
    public static RunDbCredentials Read(HostEnvironment host, OutsourceSettings settings)
    {
        var file = XenonConfigFile.Read(host.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(host));
        var faults = new List<Fault>(file.Faults);
        var credentials = Read(file, settings.RunDb, faults);
        return faults.Count == 0 ? credentials : throw new UsageException(faults);
    }

    /// <summary>The credentials for a token of the jobs, for any source of runs.</summary>
    /// <exception cref="UsageException">They are missing or not valid.</exception>
    public static RunDbCredentials ForToken(HostEnvironment host, OutsourceSettings settings)
    {
        var file = XenonConfigFile.Read(host.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(host));
        var faults = new List<Fault>(file.Faults);
        var credentials = Read(file, new SourceChoice.Rest(), faults, "the jobs need a token of the RunDB, and requesting one needs it");
        return faults.Count == 0 ? credentials : throw new UsageException(faults);
    }

    /// <summary>The credentials of a file.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="rundb">The source in use: only its keys are required.</param>
    /// <param name="faults">Collects the errors.</param>
    /// <param name="purpose">Why a key is required, as a clause; null: because of that source.</param>
    internal static RunDbCredentials Read(XenonConfigFile file, SourceChoice? rundb, ICollection<Fault> faults, string? purpose = null)
    {
        var reading = new Reading(file, faults, purpose, rundb);
        var url = rundb is SourceChoice.Rest ? reading.Rest() : null;
        var mongo = rundb is SourceChoice.Mongo;
        if (mongo)
        {
            reading.Demand(SourceChoice.MongoText);
        }

        var (user, password) = (reading.Decoded("xent_user"), reading.Decoded("xent_password"));
        var options = new RunDbOptions(reading.Find, mongo ? reading.Wrong : (_, _) => { });
        var hosts = reading.Hosts(options.Flag("force_single_server") ? HostChoice.Last : HostChoice.All);
        var direct = options.Flag("direct_connection");
        if (mongo && direct && hosts.Length > 1)
        {
            reading.Wrong(
                "force_single_server",
                $"is False, and xent_url names {hosts.Length} hosts: write direct_connection = False too, because only one host can be "
                    + "used directly."
            );
        }

        return new RunDbCredentials
        {
            ApiUrl = url,
            ApiUser = reading.Text("rundb_api_user"),
            ApiPassword = reading.Text("rundb_api_password"),
            Retry = reading.Retry(),
            TokenUrl = url is null ? null : reading.Address("tk_rundb_api_url"),
            MongoHosts = hosts,
            MongoDirect = direct,
            MongoReadPreference = options.Word("read_preference", ReadPreferences),
            MongoPool = options.Number("max_pool_size"),
            MongoConnect = TimeSpan.FromMilliseconds(options.Number("connect_timeout")),
            MongoAnswer = TimeSpan.FromMilliseconds(options.Number("socket_timeout")),
            MongoUser = user,
            MongoPassword = password,
            MongoDatabase = reading.Text("xent_database"),
        };
    }

    private enum HostChoice
    {
        All,
        Last,
    }

    /// <summary>Reads single keys, and collects their errors.</summary>
    private sealed class Reading(XenonConfigFile file, ICollection<Fault> faults, string? purpose, SourceChoice? rundb)
    {
        public ConfigValue? Find(string key) => file.Find(KeyCatalog.RunDb, KeyCatalog.Of(KeyCatalog.RunDb, key).Name);

        public string? Text(string key) => Find(key) is { Text.Length: > 0 } value ? value.Text : null;

        public void Wrong(string key, string text) => faults.Add(new Fault($"{key} {text}", file.Path, Find(key)?.Line));

        /// <summary>The address of the REST service, with user and password.</summary>
        public Uri? Rest()
        {
            Demand(SourceChoice.RestText);
            return Address("rundb_api_url");
        }

        /// <summary>Reports the keys that a source needs and that are missing.</summary>
        public void Demand(string source)
        {
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
                    Wrong(key, "has several lines, since an indented line continues the one above. Remove the indent of that line.");
                }
                else if (value.StartsWith('<') && value.EndsWith('>'))
                {
                    Wrong(key, "still has the placeholder of the sample. Ask the RunDB administrators for the value.");
                }
            }
        }

        /// <summary>An address, or null: there is none, or a placeholder, or it is not valid, which is reported.</summary>
        public Uri? Address(string key)
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
                    "is not an address (its value is not shown): expected http://HOST or https://HOST, optionally with a port and a path, "
                        + "and nothing after it."
                );
            }
            else if (url.UserInfo.Length > 0)
            {
                Wrong(key, "contains a user or password (its value is not shown): write them into rundb_api_user and rundb_api_password.");
            }

            return url;
        }

        /// <summary>A percent-encoded part of MongoDB's address.</summary>
        public string? Decoded(string key)
        {
            if (rundb is not SourceChoice.Mongo || Text(key) is not { } text || text.StartsWith('<'))
            {
                return Text(key);
            }

            if (!LonePercent().IsMatch(text))
            {
                return Uri.UnescapeDataString(text.Replace('+', ' '));
            }

            Wrong(
                key,
                "contains a % without two hexadecimal digits after it (its value is not shown). The value is percent-encoded, "
                    + "since utilix uses it in a URL: write %25 for % itself."
            );
            return null;
        }

        /// <summary>The hosts of MongoDB to use.</summary>
        public ImmutableArray<string> Hosts(HostChoice choice)
        {
            if (Text("xent_url") is not { } servers)
            {
                return [];
            }

            ImmutableArray<string> hosts = [.. servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            hosts = choice == HostChoice.Last && hosts.Length > 1 ? [hosts[^1]] : hosts;
            if (rundb is SourceChoice.Mongo && !servers.StartsWith('<') && !hosts.All(h => HostAndPort().IsMatch(h)))
            {
                Wrong("xent_url", "is not host:port (its value is not shown): expected HOST or HOST:PORT, several separated by commas.");
            }

            return hosts;
        }

        /// <summary>Number of tries of a request.</summary>
        public int Retry()
        {
            var declared = KeyCatalog.Of(KeyCatalog.RunDb, "rundb_retry");
            var standard = int.Parse(declared.Default!, CultureInfo.InvariantCulture);
            if (Text("rundb_retry") is not { } tries || rundb is null or SourceChoice.Snapshot)
            {
                return standard;
            }

            var digits = tries.Split('#', ';')[0].Trim();
            if (
                int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= declared.Least
                && number <= declared.Greatest
            )
            {
                return number;
            }

            Wrong(
                "rundb_retry",
                $"must be a whole number from {declared.Least} to {declared.Greatest}. Correct it, or leave it out for {declared.Default}."
            );
            return standard;
        }
    }

    /// <summary>The spellings of pymongo, which accepts no other.</summary>
    private static readonly string[] ReadPreferences = ["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"];

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})")]
    private static partial Regex LonePercent();

    [GeneratedRegex(@"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex HostAndPort();
}
