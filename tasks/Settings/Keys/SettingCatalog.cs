using System.Collections.Immutable;
using System.Globalization;

namespace Outsource.Settings.Keys;

/// <summary>A setting as artifacts and fingerprints see it.</summary>
/// <param name="Name">As in <see cref="OutsourceSettings.Origins"/>.</param>
/// <param name="Of">Its value: a text, a list of texts, or null.</param>
public sealed record Setting(string Name, Func<OutsourceSettings, object?> Of)
{
    /// <summary>
    /// Whether a plan depends on it. The time of planning is none of it, nor how the name came about, nor who else may write in the
    /// folders; nor are proxy, token and cutax tarball, which travel with the jobs: WriteWorkflow looks at what is in them, and a shell in
    /// which another release is sourced still means the same plan.
    /// </summary>
    public bool Matters { get; init; } = true;
}

/// <summary>All settings by name, in the order of <c>settings.yml</c>.</summary>
public static class SettingCatalog
{
    public static ImmutableArray<Setting> All { get; } =
    [
        new("config_file", s => s.ConfigFile),
        new("demo", s => Flag(s.Demo)),
        new("clock", s => s.Clock.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture))
        {
            Matters = false,
        },
        new("user", s => s.User),
        new("home", s => s.Home),
        new("context", s => s.Context),
        new("xedocs_version", s => s.XedocsVersion),
        new("image", s => s.Image.Path),
        new("name", s => s.Name),
        new("name_from_date", s => Flag(s.NameFromDate)) { Matters = false },
        new("detector", s => s.Detector ?? "all"),
        new("run", s => s.Runs is { } runs ? runs.Select(r => Number(r)).ToImmutableArray() : null),
        new("from", s => s.From is { } from ? Number(from) : null),
        new("to", s => s.To is { } to ? Number(to) : null),
        new("mode", s => s.Modes),
        new("source", s => s.Sources),
        new("stage", s => Flag(s.Stage)),
        new("debug", s => Flag(s.Debug)),
        new("force", s => Flag(s.Force)),
        new("include_in_flight", s => Flag(s.IncludeInFlight)),
        new("accept_image_mismatch", s => Flag(s.AcceptImageMismatch)),
        new("work_dir", s => s.WorkDir),
        new("share_with_group", s => Flag(s.ShareWithGroup)) { Matters = false },
        new("pegasus_path", s => s.PegasusPath),
        new("exclude_sites", s => s.ExcludeSites),
        new("dtypes", s => s.DataTypes),
        new("raw_records_rse", s => s.RawRecordsRse),
        new("records_rse", s => s.RecordsRse),
        new("peaklets_rse", s => s.PeakletsRse),
        new("events_rse", s => s.EventsRse),
        new("exclude_modes", s => s.ExcludeModes),
        new("include_modes", s => s.IncludeModes),
        new("include_sources", s => s.IncludeSources),
        new("exclude_sources", s => s.ExcludeSources),
        new("include_tags", s => s.IncludeTags),
        new("exclude_tags", s => s.ExcludeTags is { } tags ? tags : null),
        new("use_xsede", s => Flag(s.UseXsede)),
        new("notification_email", s => s.NotificationEmail),
        new("min_run_number", s => Number(s.MinRunNumber)),
        new("max_run_number", s => s.MaxRunNumber is { } most ? Number(most) : null),
        new("max_daily", s => Number(s.MaxDaily)),
        new("hs06_test_run", s => Flag(s.Hs06TestRun)),
        new("this_site_only", s => s.ThisSiteOnly),
        new("chunks_per_job", s => Number(s.ChunksPerJob)),
        new("combine_memory", s => Number(s.Combine.MemoryMb)),
        new("combine_disk", s => Number(s.Combine.DiskKb)),
        new("peaklets_memory", s => Number(s.Peaklets.MemoryMb)),
        new("peaklets_disk", s => Number(s.Peaklets.DiskKb)),
        new("events_memory", s => Number(s.Events.MemoryMb)),
        new("events_disk", s => Number(s.Events.DiskKb)),
        new("us_only", s => Flag(s.UsOnly)),
        new("pegasus_properties", s => s.PegasusProperties),
        new("site_profile", s => s.SiteProfile),
        new("payload", s => s.Canary ? "canary" : "strax"),
        new("canary_fail", s => s.CanaryFail),
        new("canary_sleep", s => s.CanarySleep),
        new("canary_megabytes", s => s.CanaryMegabytes),
        new("tables_folder", s => s.TablesFolder),
        new("rundb", s => s.RunDb),
        new("rucio", s => s.Rucio),
        new("max_parallel_requests", s => Number(s.MaxParallelRequests)),
        new("context_file", s => s.ContextFile),
        new("straxen_version", s => s.StraxenVersion),
        new("proxy", s => s.Proxy) { Matters = false },
        new("token", s => s.Token) { Matters = false },
        new("cutax_tarball", s => s.CutaxTarball) { Matters = false },
    ];

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
