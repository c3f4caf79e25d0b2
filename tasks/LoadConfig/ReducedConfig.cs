using System.Text;
using Outsource.Configuration;
using Outsource.Environs;

namespace Outsource.LoadConfig;

/// <summary>
/// The <c>.xenon_config</c> that travels with the jobs: only the sections and keys that a job needs (domain.md §10). It goes to thousands of
/// machines, so it holds no password that the jobs do not use. It does hold those that they use: whoever writes it writes it 0600.
/// </summary>
public static class ReducedConfig
{
    /// <summary>The jobs log as they are told to.</summary>
    private static readonly string[] Basic = ["logging_level"];

    /// <summary>The analysis software reads corrections from the MongoDB; the REST service is told of results.</summary>
    private static readonly string[] RunDb = ["rundb_api_url", "rundb_api_user", "rundb_retry", "tk_rundb_api_url", "xent_url", "xent_user", "xent_password", "xent_database"];

    /// <summary>Where results are uploaded.</summary>
    private static readonly string[] Outsource = ["raw_records_rse", "records_rse", "peaklets_rse", "events_rse"];

    /// <summary>The text, in the same dialect.</summary>
    public static string Of(Surroundings surroundings, LoadedConfiguration loaded)
    {
        if (loaded.Settings.Canary)
        {
            return "# A canary needs nothing of the operator's configuration.\n";
        }

        var file = XenonConfigFile.Read(surroundings.Disk, loaded.Settings.ConfigFile, SettingsLoader.Variables(surroundings));

        // Only jobs that update the RunDB log in to it; a job of days outlives the token it was given.
        string[] runDb = loaded.Settings.Debug ? RunDb : [.. RunDb, "rundb_api_password"];
        var text = new StringBuilder("# What the jobs need of the operator's configuration, and nothing else.\n");
        foreach (var (section, keys) in new[] { (KeyCatalog.Basic, Basic), (KeyCatalog.RunDb, runDb), (KeyCatalog.Outsource, Outsource) })
        {
            text.Append('[').Append(section).Append("]\n");
            foreach (var key in keys)
            {
                if (file.Find(section, key) is { Text.Length: > 0 } value)
                {
                    text.Append(key).Append(" = ").Append(value.Text.Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
                }
            }
        }

        return text.ToString();
    }
}
