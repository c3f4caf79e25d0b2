using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>
/// All settings of an invocation. Most settings are read by their declaration alone. Those that need more (a table, the environment, a
/// check of their own) are in <see cref="Special"/>. All errors go to the reader of values.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="place">Where the configuration is.</param>
/// <param name="file">The configuration.</param>
/// <param name="values">Reads values, and collects errors.</param>
/// <param name="invocation">The command line.</param>
/// <param name="tables">The tables; null: they cannot be read, which is already reported.</param>
internal sealed class SettingsResolver(
    HostEnvironment host,
    ConfigurationPlace place,
    XenonConfigFile file,
    ValueReader values,
    Invocation invocation,
    DataTables? tables
)
{
    private const string DefaultCutax = "/ospool/uc-shared/project/xenon/xenonnt/software/cutax/latest.tar.gz";

    private readonly SettingChecks _checks = new(host, values);
    private readonly ImageSetting _image = new(host, values);
    private readonly TableSettings _tables = new(values, tables);
    private readonly LevelSettings _levels = new(host, values);
    private readonly DiskSettings _disks = new(values);
    private string? _detector;

    /// <summary>The name of the workflow.</summary>
    public WorkflowName Name { get; private set; } = null!;

    /// <summary>The credentials for the RunDB.</summary>
    public RunDbCredentials Credentials { get; private set; } = null!;

    /// <summary>Reads all settings.</summary>
    public OutsourceSettings Resolve()
    {
        var plan = new PlanChoice(values).Read();
        var special = Special(plan);
        var read = SettingCatalog.Make(s =>
            !s.Plan.Holds(plan) ? Found(s, Unread(s), "default")
            : special.TryGetValue(s.Name, out var reader) ? reader(s)
            : values.Read(s)
        );
        CheckRunNumbers(read);
        CheckNamedRuns(read);
        if (read is { Since: { } since, Until: { } until } && since.First > until.Last)
        {
            values.Wrong($"--since={since} is later than --until={until}. Swap them.");
        }

        new CanarySettings(values).Check(read, invocation);
        new LocalSettings(values).Check(read, invocation);
        new UploadSettings(values, plan).Check(read);
        _levels.Check(read);
        Name = Name.Of(read);
        return read with { Name = Name.Name, Origins = values.Origins.ToImmutable() };
    }

    /// <summary>Settings for which the declaration is not enough, by name.</summary>
    private Dictionary<string, Func<Setting, object?>> Special(PlanKind plan)
    {
        var runs = RunListReader.Read(host, invocation, values);
        Name = WorkflowName.Proposed(invocation.Options.Name, runs, host.Now, plan);
        if (WorkflowName.ErrorIn(Name.Name) is { } fault)
        {
            values.Wrong(fault);
        }

        var payload = PayloadOf(SettingCatalog.ByName["payload"]) is JobPayload.Canary ? Payload.Canary : Payload.Strax;
        var tape = values.Read(SettingCatalog.ByName["stage"]) is true ? TapeAccess.Staged : TapeAccess.None;
        return new Dictionary<string, Func<Setting, object?>>(OfPlans(plan), StringComparer.Ordinal)
        {
            ["config_file"] = s => Found(s, place.Path, place.Origin),
            ["demo"] = s => Found(s, place.Demo, place.Demo ? place.Origin : "default"),
            ["clock"] = s => Found(s, host.Now.ToUniversalTime(), FromVariable("SOURCE_DATE_EPOCH") ?? "clock"),
            ["user"] = s => Found(s, host.User, "login"),
            ["home"] = s => Found(s, host.Home, "login"),
            ["context"] = _checks.Context,
            ["xedocs_version"] = _checks.XedocsVersion,
            ["image"] = s => _image.Read(s, payload),
            ["engine"] = s => Engine(s),
            ["payload"] = s => PayloadOf(s),
            ["name"] = s => Found(s, Name.Name, Name.Origin),
            ["name_from_date"] = s => Found(s, Name.FromDate, Name.Origin),
            ["detector"] = s => _detector = _tables.Detector(s),
            ["run"] = _ => runs,
            ["from"] = RunNumber,
            ["to"] = RunNumber,
            ["since"] = Time,
            ["until"] = Time,
            ["dtypes"] = s => _tables.DataTypes(s, _detector),
            ["raw_records_rse"] = s => _tables.RawRecordsRse(s, tape),
            ["records_rse"] = _checks.Rse,
            ["peaklets_rse"] = _checks.Rse,
            ["events_rse"] = _checks.Rse,
            ["memory"] = new TypeAmountsReader(values, tables).Read,
            ["disk"] = new TypeAmountsReader(values, tables).Read,
            ["notification_email"] = _checks.Email,
            ["pegasus_properties"] = _checks.ExistingFile,
            ["site_profile"] = _checks.SiteProfile,
            ["context_file"] = _checks.ExistingFile,
            ["rundb"] = RunDb,
            ["rucio"] = s => values.Source(s, new SourceChoice.Rest()) ?? new SourceChoice.Rest(),
            ["x509_user_proxy"] = Proxy,
            ["token"] = s => Found(s, Path.Combine(host.Home, ".dbtoken"), "home folder"),
            ["cutax_tarball"] = s =>
                Found(
                    s,
                    host.Variable("CUTAX_LOCATION") is { } cutax
                        ? host.Absolute(cutax.Replace('.', '-') + ".tar.gz")
                        : DefaultCutax,
                    FromVariable("CUTAX_LOCATION") ?? "default"
                ),
        };
    }

    /// <summary>Settings whose default, unit or check depends on the plan.</summary>
    private Dictionary<string, Func<Setting, object?>> OfPlans(PlanKind plan)
    {
        var uploads = new UploadSettings(values, plan);
        if (plan == PlanKind.ByLevel && uploads.Kind == Uploads.Nothing)
        {
            values.Waived.UnionWith(["records_rse", "peaklets_rse", "events_rse"]);
        }

        return new Dictionary<string, Func<Setting, object?>>(StringComparer.Ordinal)
        {
            ["plan"] = _ => plan,
            ["rucio_upload"] = s => uploads.ToRucio(s),
            ["rundb_update"] = s => uploads.IntoRunDb(s),
            ["ignore_processed"] = s => Repeats(s),
            ["force"] = s => Repeats(s),
            ["summary"] = s => ByPlan(s, plan == PlanKind.ByLevel),
            ["min_run_number"] = s => ByPlan(s, plan == PlanKind.ByLevel ? 1 : s.Standard),
            ["include_data_types"] = s => _levels.Types(s, _detector),
            ["chunks_per_job"] = s => ByPlan(s, plan == PlanKind.ByLevel ? null : 10),
            ["combine_memory"] = s => ByPlan(s, plan == PlanKind.ByLevel ? null : 60_000L),
            ["combine_disk"] = s => _disks.Combine(s, plan),
            ["x509_min_valid_hours"] = s => ByPlan(s, plan == PlanKind.ByLevel ? 96.0 : 20.0),
            ["resources_increment"] = s => ByPlan(s, plan == PlanKind.ByLevel ? 0.1 : 1.0),
            ["rough_disk"] = _disks.Rough,
            ["min_disk"] = _disks.Megabytes,
            ["lower_disk"] = _disks.Megabytes,
            ["upper_disk"] = _disks.Megabytes,
            ["eu_only_countries"] = _levels.Countries,
            ["local_data"] = _levels.Folders,
            ["rcc_exclude_nodes"] = _levels.Nodes,
            ["user_install_package"] = _levels.Packages,
            ["user_install_path"] = s => _levels.Paths(s),
        };
    }

    /// <summary>The engine that is set; the demo runs on this machine, where it needs nothing.</summary>
    private EngineKind Engine(Setting setting)
    {
        var read = (EngineKind)values.Read(setting)!;
        return values.Origins[setting.Name] != "default" ? read : place.Demo ? EngineKind.Local : EngineKind.Pegasus;
    }

    /// <summary>
    /// The payload that is set. The demo's runs do not exist: jobs of it that would run on this machine are canaries. Its plans are those
    /// of the real programs.
    /// </summary>
    private JobPayload PayloadOf(Setting setting)
    {
        var read = (JobPayload)values.Read(setting)!;
        var runsHere =
            place.Demo
            && invocation.Target is (Target.PegasusPlan or Target.PegasusRun or Target.Submit)
            && Engine(SettingCatalog.ByName["engine"]) == EngineKind.Local;
        return values.Origins[setting.Name] == "default" && runsHere ? JobPayload.Canary : read;
    }

    private object? Found(Setting setting, object? value, string origin)
    {
        values.Origins[setting.Name] = origin;
        return value;
    }

    /// <summary>The value of a setting that the plan does not read.</summary>
    private static object? Unread(Setting setting) =>
        setting.Standard ?? (setting.Type == typeof(ImmutableArray<string>) ? ImmutableArray<string>.Empty : null);

    /// <summary>A value that is set, else the default of the plan.</summary>
    private object? ByPlan(Setting setting, object? standard)
    {
        var read = values.Read(setting);
        return values.Origins[setting.Name] == "default" ? standard : read;
    }

    /// <summary>Whether to process again: <c>--ignore-processed</c>, or <c>--force</c>, which is more.</summary>
    private bool Repeats(Setting setting)
    {
        var option =
            invocation.Options.Force ? "force"
            : invocation.Has(SettingCatalog.ByName["ignore_processed"].Option!) ? "ignore-processed"
            : null;
        values.Origins[setting.Name] = option is null ? "default" : $"argument --{option}";
        return option is not null;
    }

    /// <summary>The proxy: of the key, else of the variable, else the usual file. It is checked and sent.</summary>
    private object? Proxy(Setting setting)
    {
        var variable = host.Variable("X509_USER_PROXY");
        var usual = host.Absolute(variable ?? "~/user_cert");
        if (values.FilePath(setting, out _) is not { } path)
        {
            return Found(setting, usual, FromVariable("X509_USER_PROXY") ?? "home folder");
        }

        if (variable is not null && path != usual)
        {
            values.Notes.Add($"x509_user_proxy is '{path}', so the proxy of $X509_USER_PROXY, '{usual}', is not used.");
        }

        return path;
    }

    private string? FromVariable(string name) => host.Variable(name) is null ? null : $"environment {name}";

    private object? RunNumber(Setting setting)
    {
        var given = invocation.Values(setting.Option!);
        return Found(
            setting,
            RunListReader.Number(setting.Name, given is [.., var text] ? text : null, values),
            given.IsEmpty ? "default" : $"argument --{setting.Name}"
        );
    }

    private object? Time(Setting setting)
    {
        var given = invocation.Values(setting.Option!);
        var time = given is [.., var text] ? TimeBound.Parse(text) : null;
        if (time is null && given is [.., var wrong])
        {
            var option = setting.Name == "since" ? "from" : "to";
            var number = RunNumbers.Parse(wrong) is [_] ? $" For a run number write --{option}={wrong}." : "";
            values.Wrong(
                $"--{setting.Name}={wrong} is not a date: expected a date such as --{setting.Name}=2025-06-12, or a date and time such as "
                    + $"--{setting.Name}=2025-06-12T14:00, in UTC.{number}"
            );
        }

        return Found(setting, time, given.IsEmpty ? "default" : $"argument --{setting.Name}");
    }

    private SourceChoice RunDb(Setting setting)
    {
        var faults = values.Faults.Count;
        var source = values.Source(setting, new SourceChoice.Rest(), new SourceChoice.Mongo());
        bool Filled(string key) => file.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 };
        if (source is null && values.Faults.Count == faults)
        {
            source =
                Filled("xent_url") ? new SourceChoice.Mongo()
                : Filled("rundb_api_url") ? new SourceChoice.Rest()
                : null;
            if (source is null)
            {
                values.WrongInFile(
                    "no run database is configured. Set rundb_api_url (rundb = rest) or xent_url (rundb = mongo) in [RunDB], or pass a "
                        + "snapshot with --rundb=file:PATH or [Outsource] rundb."
                );
            }
        }

        Credentials = RunDbCredentialsReader.Read(file, source, values.Faults);
        return source ?? new SourceChoice.Rest();
    }

    /// <summary>Checks for empty ranges, and for runs outside of the range.</summary>
    private void CheckRunNumbers(OutsourceSettings read)
    {
        var (from, to, least, most) = (read.From, read.To, read.MinRunNumber, read.MaxRunNumber);
        if (from > to)
        {
            values.Wrong($"--from={from} is greater than --to={to}. Swap them.");
        }

        if (to < least)
        {
            values.Warnings.Add(
                $"--to={to} is below min_run_number = {least} ({values.Origins["min_run_number"]}): no run can be selected."
            );
        }

        if (most < least || from > most)
        {
            var below = most < least ? $"min_run_number = {least}" : $"--from={from}";
            values.Wrong(
                $"max_run_number = {most} is below {below}: no run can be selected. Correct one of them.",
                values.LineOf("max_run_number")
            );
        }

        if (read.Runs is { } runs)
        {
            WarnOfOutside(runs, r => r > most, $"above max_run_number = {most}", "max_run_number");
            WarnOfOutside(runs, r => r < least, $"below min_run_number = {least}", "min_run_number");
        }
    }

    /// <summary>Runs that are named outside of a range that is given: none of them is an error, some are a warning.</summary>
    private void CheckNamedRuns(OutsourceSettings read)
    {
        if (read.Runs is not { Length: > 0 } runs || (read.From is null && read.To is null) || read.From > read.To)
        {
            return;
        }

        var range = string.Join(
            " and ",
            new[] { read.From is { } from ? $"--from={from}" : null, read.To is { } to ? $"--to={to}" : null }.OfType<string>()
        );
        bool IsOutside(int run) => run < (read.From ?? 0) || run > (read.To ?? int.MaxValue);
        if (runs.All(IsOutside))
        {
            var option = values.Origins["run"].Replace("argument ", "", StringComparison.Ordinal);
            values.Wrong($"{option} and {range} exclude each other: no run of {option} is in that range. Leave one of them out.");
        }
        else if (runs.Count(IsOutside) is > 0 and var outside)
        {
            values.Warnings.Add(
                $"{outside} of {Counted.Of(runs.Length, "requested run")} {Counted.Word(outside, "is", "are")} outside {range}, and "
                    + "cannot be selected."
            );
        }
    }

    private void WarnOfOutside(ImmutableArray<int> runs, Func<int, bool> isOutside, string where, string key)
    {
        var outside = runs.Count(isOutside);
        if (outside > 0)
        {
            values.Warnings.Add(
                $"{outside} of {Counted.Of(runs.Length, "requested run")} {Counted.Word(outside, "is", "are")} {where} "
                    + $"({values.Origins[key]}), and cannot be selected."
            );
        }
    }
}
