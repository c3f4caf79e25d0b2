using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Sites;
using Outsource.Model.Tables;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>Makes the catalogue of contexts where no file is named; null when there is none either.</summary>
public delegate IContextCatalogue? ContextCatalogueFactory(OutsourceSettings settings, RunDbCredentials credentials);

/// <summary>Every hash in which another source of contexts differs from the document that was chosen.</summary>
public delegate Task<IReadOnlyList<Fault>> ContextContradictions(
    OutsourceSettings settings,
    Func<RunDbCredentials> credentials,
    ContextDocument chosen,
    CancellationToken cancel
);

/// <summary>
/// From the typed command line to settings that later stages can trust: argument, else file, else default, all checked, all faults told
/// together.
/// </summary>
/// <param name="surroundings">Where we run.</param>
/// <param name="catalogue">Contexts where no file is named, or null.</param>
/// <param name="contradictions">What other sources say to the document that was chosen, or null: they are not asked.</param>
/// <param name="register">Who works on what below a work_dir; null: nobody does.</param>
public sealed partial class SettingsLoader(
    HostEnvironment surroundings,
    ContextCatalogueFactory? catalogue = null,
    ContextContradictions? contradictions = null,
    Func<OutsourceSettings, string, IWorkflowRegister>? register = null
)
{
    private static readonly string[] CanaryOptions = ["canary-fail", "canary-sleep", "canary-megabytes"];

    /// <summary>Keys that mean something else by being there at all.</summary>
    private static readonly string[] OnlyWhereWritten = ["exclude_tags", "max_run_number"];

    private const string DefaultCutax = "/ospool/uc-shared/project/xenon/xenonnt/software/cutax/latest.tar.gz";

    /// <summary>Loads everything anew.</summary>
    /// <exception cref="UsageException">Whatever is wrong with arguments, configuration, tables or context; all of it together where
    /// possible.</exception>
    public async Task<LoadedConfiguration> LoadAsync(Invocation invocation, CancellationToken cancel)
    {
        var place = ConfigurationLocator.Locate(surroundings, invocation);
        var file = XenonConfigFile.Read(surroundings.Disk, place.Path, ConfiguredPlaces.Variables(surroundings));
        invocation = RecordedArguments.Complete(
            surroundings,
            invocation,
            new ValueReader(file, surroundings, invocation).Folder("work_dir"),
            Proposed(file, invocation),
            out var recorded
        );
        var values = new ValueReader(file, surroundings, invocation);
        values.Faults.AddRange(file.Faults);
        if (!file.Has(KeyCatalog.Outsource))
        {
            values.Faults.Add(
                new Fault(
                    $"there is no section [Outsource]{NearestName.Hint(KeyCatalog.Outsource, file.Sections)}. Add it "
                        + "(docs/configuration.md); the case of its letters matters.",
                    file.Path
                )
            );
            throw new UsageException(values.Faults);
        }

        if (file.HasByteOrderMark)
        {
            values.Warn("the file begins with a byte-order mark, on which the jobs' own reader stops. Save it without one.", 1);
        }

        if (place.Fallback)
        {
            values.Notes.Add($"No configuration was found, so this is the embedded demo ({place.Path}).");
        }
        else if (place.Demo)
        {
            values.Notes.Add($"This is the embedded demo ({place.Path}).");
        }

        if (recorded is not null)
        {
            values.Notes.Add(recorded);
        }

        TellUnknownKeys(file, values);
        var tables = ReadTables(values);
        var settings = Resolve(place, file, values, invocation, tables, out var credentials, out var name);
        if (!settings.Canary)
        {
            CheckWhatTravels(settings, file, values.Faults);
        }

        if (invocation.Exclusive && invocation.Value("name") is null && settings.WorkDir != "/")
        {
            values.Faults.AddRange(WorkflowName.Needed(surroundings, settings.WorkDir, invocation.Target).Faults);
        }

        ConfiguredPlaces.ThrowIfAny(values.Faults, file.Path);
        return await WithContextAsync(settings, credentials, name, tables!, values, invocation, cancel).ConfigureAwait(false);
    }

    /// <summary>The name that a command asks for; what is wrong with it is told later, with all the rest.</summary>
    private WorkflowName Proposed(XenonConfigFile file, Invocation invocation) =>
        WorkflowName.Proposed(
            invocation.Value("name"),
            invocation.Value("name") is null && (invocation.Has("run") || invocation.Has("runlist"))
                ? RunListReader.Read(surroundings, invocation, new ValueReader(file, surroundings, invocation))
                : null,
            surroundings.Now
        );

    /// <summary>What would end every job before it begins is refused here.</summary>
    private void CheckWhatTravels(OutsourceSettings settings, XenonConfigFile file, List<Fault> faults)
    {
        try
        {
            // A value that we read ourselves may have been refused already.
            faults.AddRange(
                ReducedConfig
                    .Faults(file, JobKeys.Read(surroundings.Disk, settings.TablesFolder))
                    .Where(f => !faults.Exists(told => told.File == f.File && told.Line == f.Line))
                    .ToList()
            );
        }
        catch (UsageException error)
        {
            faults.AddRange(error.Faults);
        }
    }

    private static void TellUnknownKeys(XenonConfigFile file, ValueReader values)
    {
        var known = KeyCatalog.In(KeyCatalog.Outsource).Select(k => k.Name).ToList();
        foreach (var value in file.Own(KeyCatalog.Outsource).Where(v => !known.Contains(v.Key)))
        {
            if (KeyCatalog.UploadSwitches.Contains(value.Key) && IsOff(value.Text))
            {
                values.Wrong(
                    $"key '{value.Key}' in [Outsource] is of the Python program, and this program does not know it: the jobs would "
                        + "upload all the same. Take it out, and pass --debug, which uploads and enters nothing.",
                    value.Line
                );
            }
            else if (KeyCatalog.Refused.TryGetValue(value.Key, out var instead))
            {
                if (!IsOff(value.Text))
                {
                    values.Wrong(
                        $"key '{value.Key}' in [Outsource] is of the Python program, and narrows what is processed; this program does "
                            + $"not know it. Take it out: {instead}.",
                        value.Line
                    );
                }
            }
            else if (KeyCatalog.LooksRestricting(value.Key))
            {
                values.Wrong(
                    $"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}: it looks like one that narrows "
                        + "what is processed, or where, and would have no effect. Correct it, or take it out.",
                    value.Line
                );
            }
            else
            {
                values.Warn($"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}; it has no effect.", value.Line);
            }
        }

        // A key that narrows something, in a section where nobody reads it.
        foreach (var section in new[] { KeyCatalog.Basic, KeyCatalog.RunDb })
        {
            foreach (
                var value in file.Own(section).Where(v => KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Restricts && k.Name == v.Key))
            )
            {
                values.Wrong($"key '{value.Key}' stands in [{section}], where it has no effect. Move it to [Outsource].", value.Line);
            }
        }
    }

    /// <summary>Whether a switch is off, or a list empty: then nothing is lost with it.</summary>
    private static bool IsOff(string text) => text.Trim().ToLowerInvariant() is "" or "0" or "no" or "false" or "off" or "none";

    private DataTables? ReadTables(ValueReader values)
    {
        try
        {
            return TablesReader.Read(
                surroundings.Disk,
                Path.Combine(surroundings.DataFolder, "tables"),
                values.FilePath("tables_folder", out _)
            );
        }
        catch (UsageException error)
        {
            values.Faults.AddRange(
                error.Faults.Select(f =>
                    f.File is null
                    && values.Origins["tables_folder"] != "default"
                    && values.LineOf("tables_folder") is { } line
                    && !values.Origins["tables_folder"].StartsWith("argument", StringComparison.Ordinal)
                        ? f with
                        {
                            File = values.ConfigPath,
                            Line = line,
                        }
                        : f
                )
            );
            return null;
        }
    }

    private OutsourceSettings Resolve(
        ConfigurationPlace place,
        XenonConfigFile file,
        ValueReader values,
        Invocation invocation,
        DataTables? tables,
        out RunDbCredentials credentials,
        out WorkflowName name
    )
    {
        var origins = values.Origins;
        void Flag(string key, string option) => origins[key] = invocation.Has(option) ? $"argument --{option}" : "default";
        void Given(string key) => origins[key] = invocation.Has(key) ? $"argument --{key}" : "default";

        origins["config_file"] = place.Origin;
        origins["demo"] = place.Demo ? place.Origin : "default";
        origins["clock"] = surroundings.Variable("SOURCE_DATE_EPOCH") is null ? "clock" : "environment SOURCE_DATE_EPOCH";
        origins["user"] = "login";
        origins["home"] = "login";
        origins["token"] = "home folder";
        origins["proxy"] = surroundings.Variable("X509_USER_PROXY") is null ? "home folder" : "environment X509_USER_PROXY";
        origins["cutax_tarball"] = surroundings.Variable("CUTAX_LOCATION") is null ? "default" : "environment CUTAX_LOCATION";
        Flag("debug", "debug");
        Flag("force", "force");
        Flag("include_in_flight", "include-in-flight");
        Flag("accept_image_mismatch", "accept-image-mismatch");
        var canary = Canary(values, invocation);
        foreach (var key in new[] { "from", "to", "mode", "source", "payload" })
        {
            Given(key);
        }

        foreach (var key in new[] { "fail", "sleep", "megabytes" })
        {
            Flag("canary_" + key, "canary-" + key);
        }

        var runs = RunListReader.Read(surroundings, invocation, values);
        name = WorkflowName.Proposed(invocation.Value("name"), runs, surroundings.Now);
        origins["name"] = name.Origin;
        origins["name_from_date"] = name.Origin;
        if (WorkflowName.FaultOf(name.Name) is { } nameFault)
        {
            values.Wrong(nameFault);
        }

        var from = RunListReader.Number("from", invocation.Value("from"), values);
        var to = RunListReader.Number("to", invocation.Value("to"), values);
        if (from > to)
        {
            values.Wrong($"--from={from} lies after --to={to}: no run is in between. Swap them.");
        }

        var rundb = RunDbSource(file, values);
        var rucio = values.Source("rucio", "rest") ?? "rest";
        credentials = RunDbCredentialsReader.Read(file, rundb, values.Faults);

        var least = (int)values.Number("min_run_number");
        if (to < least)
        {
            values.Warnings.Add($"--to={to} lies below min_run_number = {least} ({origins["min_run_number"]}): no run can be selected.");
        }

        foreach (var key in OnlyWhereWritten.Where(k => values.InFile(k) is null))
        {
            origins[key] = "default";
        }

        var most = values.InFile("max_run_number") is null ? (int?)null : (int)values.Number("max_run_number");
        if (most < least || from > most)
        {
            values.Wrong(
                $"max_run_number = {most} lies below {(most < least ? $"min_run_number = {least}" : $"--from={from}")}: no run is in "
                    + "between. Correct one of them.",
                values.LineOf("max_run_number")
            );
        }

        var above = runs?.Count(r => r > most) ?? 0;
        if (above > 0)
        {
            values.Warnings.Add(
                $"{above} of {Counted.Of(runs!.Value.Length, "run")} asked for {Counted.Word(above, "lies", "lie")} above "
                    + $"max_run_number = {most} ({origins["max_run_number"]}), which always applies."
            );
        }

        var below = runs?.Count(r => r < least) ?? 0;
        if (below > 0)
        {
            values.Warnings.Add(
                $"{below} of {Counted.Of(runs!.Value.Length, "run")} asked for {Counted.Word(below, "lies", "lie")} below "
                    + $"min_run_number = {least} ({origins["min_run_number"]}), which always applies."
            );
        }

        var detector = Detector(values, tables);
        var stage = Stage(values, invocation);
        var proxy = surroundings.Absolute(surroundings.Variable("X509_USER_PROXY") ?? "~/user_cert");
        return new OutsourceSettings
        {
            ConfigFile = place.Path,
            Demo = place.Demo,
            Clock = surroundings.Now.ToUniversalTime(),
            User = surroundings.User,
            Home = surroundings.Home,
            Context = Context(values),
            XedocsVersion = XedocsVersion(values, invocation.Has("debug") || canary),
            Image = Image(values, canary),
            Name = name.Name,
            NameFromDate = name.FromDate,
            Detector = detector,
            Runs = runs,
            From = from,
            To = to,
            Modes = [.. invocation.Values("mode").Distinct(StringComparer.Ordinal)],
            Sources = [.. invocation.Values("source").Distinct(StringComparer.Ordinal)],
            Stage = stage,
            Debug = invocation.Has("debug"),
            Force = invocation.Has("force"),
            IncludeInFlight = invocation.Has("include-in-flight"),
            AcceptImageMismatch = invocation.Has("accept-image-mismatch"),
            WorkDir = values.Folder("work_dir"),
            ShareWithGroup = values.Boolean("share_with_group"),
            PegasusPath = values.Folder("pegasus_path"),
            ExcludeSites = values.List("exclude_sites"),
            DataTypes = DataTypes(values, tables, detector),
            RawRecordsRse = RawRecordsRse(values, tables, stage),
            RecordsRse = Rse(values, "records_rse"),
            PeakletsRse = Rse(values, "peaklets_rse"),
            EventsRse = Rse(values, "events_rse"),
            ExcludeModes = values.List("exclude_modes"),
            IncludeModes = values.List("include_modes"),
            IncludeSources = values.List("include_sources"),
            ExcludeSources = values.List("exclude_sources"),
            IncludeTags = values.List("include_tags"),
            ExcludeTags = values.InFile("exclude_tags") is null ? null : values.List("exclude_tags"),
            UseXsede = values.Boolean("use_xsede"),
            NotificationEmail = Email(values),
            MinRunNumber = least,
            MaxRunNumber = most,
            MaxDaily = (int)values.Number("max_daily"),
            Hs06TestRun = values.Boolean("hs06_test_run"),
            ThisSiteOnly = values.Text("this_site_only", out _),
            ChunksPerJob = (int)values.Number("chunks_per_job"),
            Combine = new Resources(values.Number("combine_memory"), values.Number("combine_disk")),
            Peaklets = new Resources(values.Number("peaklets_memory"), values.Number("peaklets_disk")),
            Events = new Resources(values.Number("events_memory"), values.Number("events_disk")),
            UsOnly = values.Boolean("us_only"),
            PegasusProperties = ExistingFile(values, "pegasus_properties"),
            SiteProfile = SiteProfileFile(values),
            Canary = canary,
            CanaryFail = invocation.Values("canary-fail"),
            CanarySleep = invocation.Value("canary-sleep"),
            CanaryMegabytes = invocation.Value("canary-megabytes"),
            TablesFolder = values.FilePath("tables_folder", out _),
            RunDb = rundb ?? "rest",
            Rucio = rucio,
            MaxParallelRequests = (int)values.Number("max_parallel_requests", invocation.Value("max-parallel-requests")),
            StraxenVersion = values.Text("straxen_version", out _),
            ContextFile = ExistingFile(values, "context_file"),
            Proxy = proxy,
            Token = Path.Combine(surroundings.Home, ".dbtoken"),
            CutaxTarball = surroundings.Variable("CUTAX_LOCATION") is { } cutax
                ? surroundings.Absolute(cutax.Replace('.', '-') + ".tar.gz")
                : DefaultCutax,
            Origins = origins.ToImmutable(),
        };
    }

    private static string? RunDbSource(XenonConfigFile file, ValueReader values)
    {
        var faults = values.Faults.Count;
        if (values.Source("rundb", "rest", "mongo") is { } source)
        {
            return source;
        }

        bool Filled(string key) => file.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 };
        if (values.Faults.Count > faults)
        {
            return null;
        }

        if (Filled("xent_url") || Filled("rundb_api_url"))
        {
            return Filled("xent_url") ? "mongo" : "rest";
        }

        values.Faults.Add(
            new Fault(
                "there is no RunDB to ask. Set rundb_api_url (rundb = rest) or xent_url (rundb = mongo) in [RunDB], or name a "
                    + "snapshot with --rundb=file:PATH or [Outsource] rundb.",
                values.ConfigPath
            )
        );
        return null;
    }

    private static string Context(ValueReader values)
    {
        var context = values.Text("context", out var line);
        if (context is null)
        {
            values.Wrong(
                "no context is named. Pass --context=NAME (xenonnt_v14 or the like), or write 'context = NAME' into [Outsource].",
                line
            );
            return "";
        }

        // It becomes part of paths, of job arguments and of the RunDB's addresses.
        if (!PlainName().IsMatch(context))
        {
            values.Wrong(
                $"'{context}' cannot be a context's name: letters, digits, '_', '-' and '.' are allowed, not beginning with '.' or "
                    + $"'-'.{(line is null ? "" : ValueReader.CommentHint(context))} "
                    + "Correct --context or [Outsource] context.",
                line
            );
        }

        return context;
    }

    /// <summary>
    /// The global version of the corrections. Those of the day change under the same hash: what is made with them is not uploaded.
    /// </summary>
    private static string? XedocsVersion(ValueReader values, bool uploadsNothing)
    {
        var version = values.Text("xedocs_version", out var line);
        if (version is not null && !GlobalVersion().IsMatch(version))
        {
            // It becomes an argument of jobs.
            values.Wrong(
                $"xedocs_version is '{version}', which is no global version: expected global_v14 or the "
                    + $"like.{(line is null ? "" : ValueReader.CommentHint(version))}",
                line
            );
            return null;
        }

        if (version == ContextRequest.Online && !uploadsNothing)
        {
            values.Wrong(
                $"xedocs_version is {version}: these corrections change under the same hash, so their results must not be uploaded. "
                    + "Name a fixed version, such as global_v14, or pass --debug, which uploads nothing.",
                line
            );
        }

        return version;
    }

    private static bool Stage(ValueReader values, Invocation invocation)
    {
        var written = values.Boolean("stage");
        if (!invocation.Has("stage"))
        {
            return written;
        }

        values.Origins["stage"] = "argument --stage";
        return true;
    }

    /// <summary>Whether stand-ins run, and whether what they are told makes sense.</summary>
    private static bool Canary(ValueReader values, Invocation invocation)
    {
        var canary = string.Equals(invocation.Value("payload"), "canary", StringComparison.OrdinalIgnoreCase);
        foreach (var option in CanaryOptions.Where(invocation.Has))
        {
            if (!canary)
            {
                values.Wrong($"--{option} is for stand-ins, and the real programs run: add --payload=canary, or drop it.");
            }
        }

        foreach (var fail in invocation.Values("canary-fail").Where(f => !CanaryJob().IsMatch(f)))
        {
            values.Wrong(
                $"--canary-fail={fail} names no job: expected RUN:TYPE or RUN:TYPE:GROUP, such as 61030:peaklets:2 or "
                    + "61030:peaklets:combine; with @MB behind it, it fails only where it asks for less memory."
            );
        }

        foreach (var option in CanaryOptions.Skip(1))
        {
            if (invocation.Value(option) is { } amount && !Amount().IsMatch(amount))
            {
                values.Wrong($"--{option}={amount} is no amount: expected a number such as 2 or 0.5.");
            }
        }

        return canary;
    }

    private ImageReference Image(ValueReader values, bool canary)
    {
        if (values.Text("image", out var line) is { } given)
        {
            if (ImageReferences.Parse(given, out var fault) is { } image)
            {
                return image;
            }

            values.Wrong(
                $"image '{given}' cannot be used, {fault}: give a full path or a tag, such as 2024.02.1 or "
                    + $"{ImageReference.Prefix}2024.02.1.",
                line
            );
            return new ImageReference("", null);
        }

        var found = ImageReferences.OfEnvironment(surroundings);
        if (found.Count == 0 && canary)
        {
            return ImageReference.None;
        }

        if (found.Count == 0)
        {
            values.Wrong(
                "no image is named and we stand in no CVMFS release that says which. Pass --image=TAG (or [Outsource] image), or "
                    + "source the release's setup.sh first, so that PATH or CONDA_PREFIX holds it."
            );
            return new ImageReference("", null);
        }

        var (tag, variable) = found[0];
        values.Origins["image"] = $"environment {variable}";
        if (found.Count > 1)
        {
            values.Warnings.Add(
                $"the environment holds several releases ({string.Join(", ", found.Select(f => f.Tag))}); the image is that of the "
                    + $"first, {tag}. Pass --image=TAG to be sure."
            );
        }

        return new ImageReference(ImageReference.Prefix + tag, tag);
    }

    private static string? Detector(ValueReader values, DataTables? tables)
    {
        if (
            values.Text("detector", out var line) is not { } given
            || string.Equals(given, "all", StringComparison.OrdinalIgnoreCase)
            || tables is null
        )
        {
            return null;
        }

        if (tables.Detectors.FirstOrDefault(d => string.Equals(d, given, StringComparison.OrdinalIgnoreCase)) is { } detector)
        {
            return detector;
        }

        values.Wrong(
            $"unknown detector '{given}'{NearestName.Hint(given, tables.Detectors.Append("all"))}: allowed are all, "
                + $"{string.Join(", ", tables.Detectors)}.{(line is null ? "" : ValueReader.CommentHint(given))}",
            line
        );
        return null;
    }

    private static ImmutableArray<string> DataTypes(ValueReader values, DataTables? tables, string? detector)
    {
        var types = values.List("dtypes");
        if (values.InFile("dtypes") is not { } written || tables is null)
        {
            return types;
        }

        foreach (var type in types.Where(t => !tables.DataTypes.ContainsKey(t)))
        {
            values.Wrong(
                $"unknown data type '{type}' in dtypes{NearestName.Hint(type, tables.Names)}: known are "
                    + $"{string.Join(", ", tables.Names)}.{ValueReader.CommentHint(type)}",
                written.Line
            );
        }

        var twice = written
            .Text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .GroupBy(t => t, StringComparer.Ordinal)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key)
            .ToList();
        if (twice.Count > 0)
        {
            values.Notes.Add(
                new Fault(
                    $"dtypes names {string.Join(", ", twice)} more than once; each is made once.",
                    values.ConfigPath,
                    written.Line
                ).ToString()
            );
        }

        if (
            detector is not null
            && !types.IsEmpty
            && types.All(t => tables.DataTypes.TryGetValue(t, out var known) && known.Detector != detector)
        )
        {
            values.Warnings.Add(
                $"none of the data types asked for ({string.Join(", ", types)}) belongs to detector '{detector}': there will be "
                    + "nothing to do."
            );
        }

        return types;
    }

    private static ImmutableArray<string> RawRecordsRse(ValueReader values, DataTables? tables, bool stage)
    {
        var rses = values.List("raw_records_rse");
        var line = values.LineOf("raw_records_rse") ?? 0;
        foreach (var rse in rses)
        {
            if (!PlainName().IsMatch(rse))
            {
                values.Wrong(
                    $"'{rse}' in raw_records_rse is no RSE: letters, digits, '_', '-' and '.' are allowed.{ValueReader.CommentHint(rse)}",
                    line
                );
            }
            else if (tables is not null && tables.IsTape(rse) && !(stage && tables.IsReadable(rse, staged: true)))
            {
                values.Warn(
                    $"raw_records_rse names {rse}, which is tape: "
                        + (
                            tables.IsReadable(rse, staged: true)
                                ? "raw data is read from there only with --stage (or stage = True)"
                                : "raw data is never read from there"
                        )
                        + ".",
                    line
                );
            }
            else if (tables?.WhyNotReadable(rse, stage) is { } why)
            {
                values.Warn(
                    $"raw_records_rse names {rse}, "
                        + (why == "which jobs cannot read" ? "which no job can read from" : $"{why}: raw data is never read from there")
                        + ".",
                    line
                );
            }
            else if (tables is not null && !tables.Rses.ContainsKey(rse))
            {
                values.Warn(
                    $"raw_records_rse names {rse}, which the table of RSEs does not "
                        + $"know{NearestName.Hint(rse, tables.Rses.Keys.Order(StringComparer.Ordinal))}: "
                        + "jobs that read from there are bound to no site.",
                    line
                );
            }
        }

        return rses;
    }

    private static string Rse(ValueReader values, string key)
    {
        if (values.Text(key, out var line) is not { } rse)
        {
            return "";
        }

        if (!PlainName().IsMatch(rse))
        {
            values.Wrong(
                $"{key} is '{rse}', which is no RSE: give one, of letters, digits, '_', '-' and '.'.{ValueReader.CommentHint(rse)}",
                line
            );
        }

        return rse;
    }

    private static string? Email(ValueReader values)
    {
        var address = values.Text("notification_email", out var line);
        if (address is not null && !Address().IsMatch(address))
        {
            // It ends up in a command that a shell runs.
            values.Wrong(
                $"notification_email is '{address}', which is no mail address: expected one, like name@example.org, of letters, digits "
                    + "and '._%+-'. Correct it, or leave it empty for no mail.",
                line
            );
        }

        return address;
    }

    private string? SiteProfileFile(ValueReader values)
    {
        var path = ExistingFile(values, "site_profile");
        if (path is not null && surroundings.Disk.File.Exists(path))
        {
            try
            {
                _ = SiteProfile.Read(surroundings.Disk, path);
            }
            catch (UsageException error)
            {
                values.Faults.AddRange(error.Faults);
            }
        }

        return path;
    }

    private string? ExistingFile(ValueReader values, string key)
    {
        var path = values.FilePath(key, out var line);
        if (path is not null && DiskFault.NoFile(surroundings.Disk, path) is { } fault)
        {
            values.Wrong(
                $"{key} names '{path}', which {fault}. Correct the "
                    + $"path{(line is null ? "" : "; in a configuration it is relative to the configuration's folder")}.",
                line
            );
        }

        return path;
    }

    private async Task<LoadedConfiguration> WithContextAsync(
        OutsourceSettings settings,
        RunDbCredentials credentials,
        WorkflowName name,
        DataTables tables,
        ValueReader values,
        Invocation invocation,
        CancellationToken cancel
    )
    {
        var recorded = invocation.Has("reuse") ? Recorded(settings) : null;
        var contexts =
            recorded
            ?? (
                settings.ContextFile is { } path
                    ? new FileContextCatalogue(surroundings.Disk, path)
                    : catalogue?.Invoke(settings, credentials)
            );
        if (contexts is null)
        {
            throw new UsageException(
                $"there is no source of context documents to look up '{settings.Context}' in. Name a file with --context-file=FILE, or "
                    + "context_file in [Outsource]."
            );
        }

        var chosen = await new ContextChooser(contexts)
            .ChooseAsync(
                new ContextRequest(settings.Context, settings.XedocsVersion),
                settings.Image,
                settings.AcceptImageMismatch || settings.Canary,
                cancel
            )
            .ConfigureAwait(false);
        var outOfRelease = settings.DataTypes.Select(t => tables.DataTypes[t].ReleasedFor(chosen.Document)).OfType<string>().ToList();
        if (outOfRelease.Count > 0)
        {
            throw new UsageException([.. outOfRelease.Select(f => new Fault(f))]);
        }

        tables = tables.For(chosen.Document);
        var asked = settings
            .DataTypes.Select(t => tables.DataTypes[t])
            .Where(t => settings.Detector is null || t.Detector == settings.Detector);
        var missing = ContextChooser.MissingHashes(chosen.Document, asked, tables);
        if (missing.Count > 0)
        {
            throw new UsageException(missing);
        }

        if (
            contradictions is not null
            && !settings.Canary
            && recorded is null
            && await contradictions(settings, () => credentials, chosen.Document, cancel).ConfigureAwait(false) is { Count: > 0 } differing
        )
        {
            values.Warnings.AddRange(
                settings.AcceptImageMismatch
                    ? differing.Select(f => $"{f.Text} Accepted with --accept-image-mismatch.")
                    : throw new UsageException([
                        .. differing,
                        new Fault(
                            "The jobs may make data of other hashes than we look for. Stand in the environment that fits the image, "
                                + "correct the document, or pass --accept-image-mismatch to go on all the same."
                        ),
                    ])
            );
        }

        var loaded = new LoadedConfiguration(
            settings,
            chosen.Document,
            chosen.Proof,
            tables,
            [.. values.Notes, .. chosen.Notes],
            [.. values.Warnings, .. chosen.Warnings.Where(_ => !settings.Canary)]
        );
        var straxen = chosen.Document.StraxenVersion;
        var settled = name.Resolve(surroundings, invocation, settings, straxen, loaded.Command, register?.Invoke(settings, straxen));
        loaded = loaded with { Settings = settings with { Name = settled.Name } };
        var replaced = BesidePlan(loaded, invocation);
        return loaded with { Notes = [.. loaded.Notes, .. new[] { settled.Note, replaced }.OfType<string>()], Resumes = settled.Resumes };
    }

    /// <summary>What the operator should hear where a plan of other options stands under the name; null: nothing.</summary>
    /// <exception cref="UsageException">It is to be reused, and an argument says something else.</exception>
    private string? BesidePlan(LoadedConfiguration loaded, Invocation invocation)
    {
        var settings = loaded.Settings;
        if (
            WorkflowName.Looks(invocation)
            || WorkflowName.PlanOf(surroundings, settings.WorkDir, settings.Name) is not { } made
            || made.Command == loaded.Command
        )
        {
            return null;
        }

        if (!invocation.Has("reuse"))
        {
            return $"plan '{settings.Name}' was made with other options or settings "
                + $"({string.Join("; ", SettingsArtifact.Differences(made, loaded))}) "
                + "and is replaced by this one.";
        }

        // An argument of then that is not taken over, such as --force, or one of now.
        var typed = SettingsArtifact.Differences(
            made,
            loaded,
            s =>
                new[] { made.Settings, settings }.Any(o =>
                    o.Origins.GetValueOrDefault(s, "").StartsWith("argument ", StringComparison.Ordinal)
                )
        );
        if (typed.Count > 0 && !invocation.Replaces && WorkflowName.WritingTargets.Contains(invocation.Target))
        {
            throw new UsageException(
                $"--reuse means plan '{settings.Name}' as it was made, and an argument says something else: {string.Join("; ", typed)}. "
                    + "Give the arguments that the plan was made with, or drop --reuse to plan anew."
            );
        }

        return typed.Count > 0
            ? $"plan '{settings.Name}' is not reused as it was made, an argument says something else: {string.Join("; ", typed)}."
            : null;
    }

    /// <summary>The context document of the plan that is reused, where a service would be asked for the very same one; else null.</summary>
    private RecordedContext? Recorded(OutsourceSettings settings)
    {
        var path = Path.Combine(settings.GeneratedFolder, SettingsArtifact.FileName);
        if (settings.ContextFile is not null || !surroundings.Disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            var plan = SettingsArtifact.Read(surroundings, path);
            static (string, string?, string, string, string?, string?) Asked(OutsourceSettings s) =>
                (s.Context, s.XedocsVersion, s.Image.Path, s.RunDb, s.StraxenVersion, s.ContextFile);
            return Asked(plan.Settings) == Asked(settings)
                ? new RecordedContext(plan.Context with { OnePerStraxen = plan.Proof == ImageProof.Unproven })
                : null;
        }
        catch (UsageException)
        {
            // Then nothing of the plan fits, and each stage says so.
            return null;
        }
    }

    [GeneratedRegex(@"^([0-9]{1,6}):([a-z][a-z0-9_]*)(?::([0-9]{1,9}|combine))?(?:@([1-9][0-9]{0,8}))?\z")]
    internal static partial Regex CanaryJob();

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9})?\z")]
    private static partial Regex Amount();

    /// <summary>What the jobs' programs take for one.</summary>
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]*\z")]
    private static partial Regex GlobalVersion();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(
        @"^[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\z"
    )]
    private static partial Regex Address();
}
