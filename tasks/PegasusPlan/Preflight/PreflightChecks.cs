using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.LoadConfig;
using Outsource.Model.ClassAds;
using Outsource.Model.Contexts;
using Outsource.Model.Sites;
using Outsource.Model.Tables;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.WriteWorkflow;
using YamlDotNet.RepresentationModel;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>
/// Everything that can be looked at before something leaves the house: what the submission needs here, and what the jobs take along.
/// </summary>
/// <param name="surroundings">Where we run.</param>
/// <param name="machine">Its clock and disks.</param>
/// <param name="grid">Its programs.</param>
/// <param name="loaded">The configuration.</param>
/// <param name="folder">Folder of the artifacts; they need not be there. Absolute.</param>
/// <param name="plan">The plan, or null: there is none yet.</param>
public sealed class PreflightChecks(
    HostEnvironment surroundings,
    IMachine machine,
    IGridPrograms grid,
    LoadedConfiguration loaded,
    string folder,
    JobPlan? plan
)
{
    /// <summary>
    /// What a job leaves in the submit directory: about three files of the planner's, and its output and logs (17 kB planned, the rest is
    /// DAGMan's and its own words).
    /// </summary>
    private const long FilesPerJob = 10,
        BytesPerJob = 300_000;

    /// <summary>What a workflow needs however small it is: worker package, databases, logs.</summary>
    private const long LeastFiles = 1000,
        LeastBytes = 500_000_000;

    private readonly OutsourceSettings _settings = loaded.Settings;

    /// <summary>All checks, in the order in which things are needed.</summary>
    public IReadOnlyList<CheckResult> All()
    {
        List<CheckResult> checks =
        [
            Program("Pegasus", grid.Pegasus),
            Program("HTCondor", grid.Condor),
            Program("Java", grid.Java),
            Schedd(),
            .. Proxy(),
            .. Staging(),
            new JobConfigCheck(surroundings, loaded, folder).Look(),
            Token(),
            Rucio(),
            Image(),
            Tags(),
            .. Strax(),
            Cutax(),
            WorkDir(),
            Room(),
        ];
        if (Mail() is { } mail)
        {
            checks.Add(mail);
        }

        if (plan is { Groups.IsEmpty: false } && !_settings.Canary && Length(plan) is { } length)
        {
            checks.Insert(checks.FindLastIndex(c => c.Subject.StartsWith("proxy", StringComparison.Ordinal)) + 1, length);
        }

        if (plan is not null)
        {
            checks.Add(Requirements(plan));
        }

        if (surroundings.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow)))
        {
            checks.Add(Catalogues());
        }

        return checks;
    }

    private static CheckResult Program(string name, Func<InstalledProgram> find)
    {
        try
        {
            var found = find();
            return CheckResult.Ok(name, $"{found.Version} ({found.Path})");
        }
        catch (OutsourceException missing)
        {
            // The cure is the last sentence of what the search says.
            var end = missing.Message.TrimEnd('.').LastIndexOf(". ", StringComparison.Ordinal);
            return end < 0
                ? CheckResult.Failed(name, missing.Message, "")
                : CheckResult.Failed(name, missing.Message[..end], missing.Message[(end + 2)..]);
        }
    }

    private CheckResult Schedd()
    {
        try
        {
            return grid.AskSchedd() is { Jobs: null } answer
                ? CheckResult.Failed("schedd", answer.Silence!, "Run this on an access point whose schedd runs, or wait until it does.")
                : CheckResult.Ok("schedd", "answers");
        }
        catch (OutsourceException)
        {
            return CheckResult.Failed("schedd", "not asked: HTCondor's condor_q is missing", "See HTCondor above.");
        }
    }

    private IEnumerable<CheckResult> Proxy()
    {
        string? shipped;
        try
        {
            shipped = ShippedProxy();
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return
            [
                CheckResult.Failed(
                    "proxy",
                    $"the site catalog does not say which one is shipped: {error.Message}",
                    "Write the workflow anew with --target=WriteWorkflow --replace."
                ),
            ];
        }

        return new ProxyChecks(surroundings, machine).Of(shipped, _settings.Proxy);
    }

    /// <summary>The proxy against the workflow's own length; null: there is no proxy that could end.</summary>
    private CheckResult? Length(JobPlan jobs)
    {
        const string Subject = "proxy and workflow";
        if (TimeLeft() is not { } left)
        {
            return null;
        }

        if (new WorkflowLength(surroundings, _settings.WorkDir).Estimate(jobs, _settings.Name, _settings.Canary) is not { } estimate)
        {
            return CheckResult.Ok(
                Subject,
                "the workflow's length is not estimated: no earlier workflow below work_dir tells how long such jobs take"
            );
        }

        var words =
            $"the workflow takes at least {WorkflowLength.Words(estimate.Length)} besides waiting for machines, by the jobs of "
            + $"workflow '{estimate.MeasuredOn}'; the proxy has {WorkflowLength.Words(left)} left";
        return left >= estimate.Length
            ? CheckResult.Ok(Subject, words)
            : CheckResult.Warning(Subject, words, "Make a proxy that lasts longer, or renew it at the same path before it ends.");
    }

    private TimeSpan? TimeLeft()
    {
        try
        {
            return
                ShippedProxy() is { } path
                && surroundings.Disk.File.Exists(path)
                && ProxyFile.Parse(BoundedText.ReadAll(surroundings.Disk, path)).Until - machine.UtcNow is var left
                && left > TimeSpan.Zero
                ? left
                : null;
        }
        catch (Exception unusable)
            when (IsUnreadable(unusable) || unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            // The proxy's own checks have said so.
            return null;
        }
    }

    private static bool IsUnreadable(Exception error) =>
        error is OutsourceException or YamlDotNet.Core.YamlException or InvalidCastException or KeyNotFoundException;

    /// <summary>The proxy that jobs take along, or null: none.</summary>
    private string? ShippedProxy() => Demands().GetValueOrDefault("x509userproxy");

    /// <summary>
    /// What is demanded of HTCondor for every job: by the execution site in the site catalog on disk, else in the one that would be
    /// written; and by the site profile for the jobs themselves, which wins.
    /// </summary>
    private Dictionary<string, string> Demands()
    {
        var profile = SiteProfile.Of(surroundings.Disk, _settings.SiteProfile);
        var site =
            ((YamlSequenceNode)SiteCatalog(profile)["sites"])
                .OfType<YamlMappingNode>()
                .FirstOrDefault(s => ((YamlScalarNode)s["name"]).Value == profile.ExecutionSite)
            ?? throw new UsageException($"it has no site '{profile.ExecutionSite}'");
        YamlNode? Below(YamlNode? node, string key) =>
            node is YamlMappingNode map && map.Children.TryGetValue(key, out var value) ? value : null;
        var ofSite = Below(Below(site, "profiles"), "condor") is YamlMappingNode condor
            ? condor
                .Children.Select(c => ((YamlScalarNode)c.Key).Value!)
                .Select(key => KeyValuePair.Create(key, (condor[key] as YamlScalarNode)?.Value))
            : [];
        return new Dictionary<string, string>(
            ofSite
                .Where(d => !profile.Jobs.ContainsKey(d.Key) || profile.Jobs[d.Key] is null)
                .Concat(profile.Jobs)
                .Where(d => d.Value is not null)
                .Select(d => KeyValuePair.Create(d.Key, d.Value!)),
            StringComparer.Ordinal
        );
    }

    /// <summary>The site catalog on disk, else the one that would be written.</summary>
    private YamlMappingNode SiteCatalog(SiteProfile profile)
    {
        var path = Path.Combine(folder, WorkflowFolder.Sites);
        var text = surroundings.Disk.File.Exists(path)
            ? BoundedText.ReadAll(surroundings.Disk, path)
            : new Catalogs(loaded, PayloadChoice.Of(_settings), profile).Sites([]);
        return YamlReader.RootOf(text, path);
    }

    private IEnumerable<CheckResult> Staging()
    {
        try
        {
            var profile = SiteProfile.Of(surroundings.Disk, _settings.SiteProfile);
            return new StagingTools(surroundings).Of(SiteCatalog(profile), profile.StagingSite, profile.OutputSite) is { } check
                ? [check]
                : [];
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            // The proxy's check has said that the site catalog cannot be read.
            return [];
        }
    }

    private Dictionary<string, string> DemandsOrNone()
    {
        try
        {
            return Demands();
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            // The proxy's check has said that the site catalog cannot be read.
            return [];
        }
    }

    private CheckResult Token()
    {
        const string Subject = "RunDB token";
        if (_settings.Canary)
        {
            return CheckResult.Ok(Subject, "none is taken along by a canary");
        }

        if (_settings.Debug)
        {
            return CheckResult.Ok(Subject, "none is taken along: with --debug nothing is entered");
        }

        var file = XenonConfigFile.Read(surroundings.Disk, _settings.ConfigFile, ConfiguredPlaces.Variables(surroundings));
        bool Has(string key) => file.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 } value && !JobKeys.IsPlaceholder(value.Text);
        if (RunDbTokens.Always.Where(k => !Has(k)).ToList() is { Count: > 0 } missing)
        {
            return CheckResult.Failed(
                Subject,
                $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} not configured",
                "Jobs enter their results into the RunDB with it: add it to [RunDB], or pass --debug."
            );
        }

        try
        {
            var (token, why) = new TokenFile(surroundings.Disk, _settings.Token).Read(
                file.Find(KeyCatalog.RunDb, "rundb_api_user")!.Text,
                machine.UtcNow
            );
            if (token is null)
            {
                return Has("rundb_api_password")
                    ? CheckResult.Warning(
                        Subject,
                        $"'{_settings.Token}': {why}",
                        "Nothing to do: PegasusPlan and Submit log in and make it anew."
                    )
                    : CheckResult.Failed(
                        Subject,
                        $"'{_settings.Token}': {why}",
                        "Add rundb_api_url, rundb_api_user and rundb_api_password to [RunDB]: with them PegasusPlan makes it anew."
                    );
            }

            var (left, length) = (
                token.LeftAt(machine.UtcNow),
                plan is null
                    ? null
                    : new WorkflowLength(surroundings, _settings.WorkDir).Estimate(plan, _settings.Name, _settings.Canary)?.Length
            );
            var needed = RunDbToken.NeededFor(length);
            var words =
                left < TimeSpan.FromHours(1)
                    ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, left.TotalMinutes):0} min left")
                    : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0} h left");
            if (left < needed)
            {
                words += string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(needed.TotalHours):0} h are needed");
                return Has("rundb_api_password")
                    ? CheckResult.Warning(Subject, words, "Nothing to do: PegasusPlan and Submit log in and make it anew.")
                    : CheckResult.Failed(Subject, words, "Add rundb_api_password to [RunDB]: with it PegasusPlan makes it anew.");
            }

            return length > left && !Has("rundb_api_password")
                ? CheckResult.Warning(
                    Subject,
                    $"{words}, but the workflow takes at least {WorkflowLength.Words(length.Value)}",
                    "Add rundb_api_password to [RunDB]: with it jobs that outlive the token log in themselves."
                )
                : CheckResult.Ok(Subject, words);
        }
        catch (UsageException unreadable)
        {
            return CheckResult.Failed(Subject, unreadable.Message, $"chmod 600 {_settings.Token}, or remove it: then it is made anew.");
        }
    }

    private CheckResult Rucio()
    {
        const string Subject = "Rucio identity";
        if (_settings.Rucio != "rest")
        {
            return CheckResult.Ok(Subject, $"nobody is asked ({_settings.Rucio})");
        }

        try
        {
            var config = RucioConfig.Read(surroundings, _settings.Proxy);
            return CheckResult.Ok(Subject, $"account {config.Account} ({config.FilePath})");
        }
        catch (UsageException fault)
        {
            return CheckResult.Failed(
                Subject,
                fault.Message,
                "Correct rucio.cfg, or source the release's setup.sh, which sets CONDA_PREFIX or RUCIO_HOME."
            );
        }
    }

    private CheckResult Image()
    {
        const string Subject = "image",
            Cvmfs = "/cvmfs/";
        var path = _settings.Image.Path;
        if (_settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary needs none");
        }

        if (path.Contains("://", StringComparison.Ordinal))
        {
            return CheckResult.Warning(
                Subject,
                $"'{path}' is fetched by each job, and nobody looked whether it is there",
                "Make sure that the pool may fetch it."
            );
        }

        if (!path.StartsWith(Cvmfs, StringComparison.Ordinal))
        {
            return surroundings.Disk.Path.Exists(path)
                ? CheckResult.Ok(Subject, path)
                : CheckResult.Warning(
                    Subject,
                    $"'{path}' does not lie on CVMFS and not on this machine",
                    "Make sure that every node can read it."
                );
        }

        var repository = string.Join('/', path.Split('/').Take(3));
        return surroundings.Disk.Path.Exists(path) ? CheckResult.Ok(Subject, $"{path} can be read")
            : surroundings.Disk.Directory.Exists(repository)
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' is not there, though {repository} is mounted",
                    "Correct --image; a release that is just out needs some hours to arrive."
                )
            : CheckResult.Warning(
                Subject,
                $"{repository} is not mounted here, so nobody looked whether '{path}' exists",
                "Look on a machine with CVMFS."
            );
    }

    /// <summary>Whether the jobs' strax is young enough for them; nothing where that is no question.</summary>
    private IEnumerable<CheckResult> Strax()
    {
        const string Subject = "strax";
        var version = loaded.Context.StraxVersion;
        return _settings.Canary ? []
            : StraxRule.FaultOf(version) is { } fault ? [CheckResult.Failed(Subject, fault, StraxRule.Cure)]
            : PackageVersion.Parse(version) is null
                ?
                [
                    CheckResult.Warning(
                        Subject,
                        "the context document "
                            + $"{(version is null ? "does not say its version" : $"says '{version}', which is no version")}, and jobs "
                            + $"need {StraxRule.Needed} or later",
                        StraxRule.Cure
                    ),
                ]
            : [CheckResult.Ok(Subject, $"{version}, jobs need {StraxRule.Needed} or later")];
    }

    private CheckResult Tags()
    {
        const string Subject = "release tags";
        if (_settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary makes no data, so none must agree");
        }

        var environment = ImageReferences.OfEnvironment(surroundings).Select(t => t.Tag).FirstOrDefault();
        var words =
            $"image {_settings.Image.Tag ?? "without tag"}, context {loaded.Context.Tag ?? "without tag"}, environment "
            + $"{environment ?? "none"}";
        return loaded.Proof != ImageProof.Proven
                ? CheckResult.Warning(
                    Subject,
                    $"{words}: {loaded.ProofWord}",
                    "Nothing proves that the jobs make data of the planned hashes: name an --image whose tag is the context document's."
                )
            : environment is not null && environment != _settings.Image.Tag && !ReleaseTag.Same(environment, _settings.Image.Tag)
                ? CheckResult.Warning(
                    Subject,
                    words,
                    "The jobs run in the image's release, but this shell stands in another: source the setup.sh of the image's release."
                )
            : CheckResult.Ok(Subject, words);
    }

    private CheckResult Cutax()
    {
        const string Subject = "cutax tarball";
        if (_settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary takes none along");
        }

        const string Choose = "Set CUTAX_LOCATION to the cutax that is meant; its name with dots as dashes and .tar.gz is the tarball.";
        var written = surroundings.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow));
        var path = written ? JobFiles.CopyOfCutax(folder) : _settings.CutaxTarball;
        if (written && !surroundings.Disk.File.Exists(path))
        {
            return CheckResult.Failed(
                Subject,
                "the workflow was written without, as "
                    + (
                        surroundings.Disk.File.Exists(_settings.CutaxTarball)
                            ? "it was not there then"
                            : $"'{_settings.CutaxTarball}' is not there"
                    ),
                $"{(surroundings.Disk.File.Exists(_settings.CutaxTarball) ? "" : Choose + " ")}Give the same command again, or "
                    + $"--target=WriteWorkflow --reuse --name={_settings.Name}."
            );
        }

        try
        {
            using var stream = RegularFile.Open(surroundings.Disk, path);
            if (stream.ReadByte() != 0x1f || stream.ReadByte() != 0x8b)
            {
                return CheckResult.Failed(Subject, $"'{path}' is no gzip file", Choose);
            }

            return written && !ReplicaChecksums().Contains(Fingerprint.OfFile(surroundings.Disk, path))
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' is not the file that the workflow was written with",
                    $"Write it anew: --target=WriteWorkflow --reuse --name={_settings.Name}."
                )
                : CheckResult.Ok(Subject, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(Subject, $"'{path}' cannot be read: {DiskFault.Why(error, path)}", Choose);
        }
    }

    /// <summary>The checksums in the replica catalog, as text: whether one is there is all that is asked.</summary>
    private string ReplicaChecksums()
    {
        var path = Path.Combine(folder, WorkflowFolder.Replicas);
        return surroundings.Disk.File.Exists(path) ? BoundedText.ReadAll(surroundings.Disk, path) : "";
    }

    private CheckResult WorkDir() =>
        WorkDirProbe.FaultOf(surroundings, machine, _settings.WorkDir) is { } fault
            ? CheckResult.Failed(
                "work_dir",
                $"'{_settings.WorkDir}' is not writable: {fault}",
                "Correct work_dir in [Outsource], or make it yours."
            )
            : CheckResult.Ok("work_dir", $"{_settings.WorkDir} is writable");

    private CheckResult Room()
    {
        const string Subject = "room";
        var (bytes, files) = (LeastBytes + ((plan?.Jobs ?? 0) * BytesPerJob), LeastFiles + ((plan?.Jobs ?? 0) * FilesPerJob));
        var needed = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB and {Counted.Of(files, "file")}");
        if (machine.FreeAt(_settings.WorkDir) is not { } free)
        {
            return CheckResult.Warning(
                Subject,
                "nobody can tell how much is free",
                $"Make sure that there is room for {needed} below '{_settings.WorkDir}'."
            );
        }

        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"{free.Bytes / 1e9:0.0} GB{(free.Files is { } inodes ? $" and {Counted.Of(inodes, "file")}" : "")} free, about {needed} "
                + $"needed besides results"
        );
        return free.Bytes >= bytes && (free.Files is null || free.Files >= files)
            ? CheckResult.Ok(Subject, words)
            : CheckResult.Failed(Subject, words, $"Make room below '{_settings.WorkDir}', or submit fewer runs at a time.");
    }

    private CheckResult? Mail()
    {
        if (_settings.NotificationEmail is not { } address)
        {
            return null;
        }

        const string Subject = "notification";
        var script = NotificationHook.Script(_settings.PegasusPath);
        return !surroundings.Disk.File.Exists(script)
                ? CheckResult.Warning(
                    Subject,
                    $"'{script}' is not there, so no mail will come",
                    "Set pegasus_path in [Outsource] to the Pegasus that is used, or leave notification_email empty."
                )
            : !surroundings.Disk.File.Exists(NotificationHook.Mailer)
                ? CheckResult.Warning(
                    Subject,
                    $"'{NotificationHook.Mailer}' is not there, so mail comes only where a mail server listens on this machine",
                    "Install one, or leave notification_email empty."
                )
            : CheckResult.Ok(Subject, $"mail to {address} at start and end");
    }

    private CheckResult Requirements(JobPlan jobs)
    {
        const string Subject = "requirements";
        var profile = SiteProfile.Of(surroundings.Disk, _settings.SiteProfile).Jobs;
        var expressions = (
            profile.ContainsKey("requirements")
                ? []
                : jobs.Groups.SelectMany(g => new[] { g.Requirements, g.CombineRequirements }).OfType<string>()
        )
            .Concat(
                DemandsOrNone()
                    .Where(d => d.Key == "requirements" || d.Key.StartsWith("request_", StringComparison.Ordinal))
                    .Select(d => d.Value)
            )
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var faults = expressions.Select(e => (Expression: e, Fault: ClassAdSyntax.FaultOf(e))).Where(e => e.Fault is not null).ToList();
        return faults.Count == 0
            ? CheckResult.Ok(
                Subject,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(expressions.Count, "different expression parses", "different expressions parse")}"
                )
            )
            : CheckResult.Failed(
                Subject,
                string.Join("; ", faults.Select(f => $"'{f.Expression}': {f.Fault}")),
                "Correct what it was made from: exclude_sites, this_site_only, the tables or --site-profile."
            );
    }

    private CheckResult Catalogues() =>
        WorkflowFiles.Faults(surroundings.Disk, folder) is { Count: > 0 } faults
            ? CheckResult.Failed(
                "workflow and catalogs",
                string.Join("; ", faults),
                $"Write the workflow anew: --target=WriteWorkflow --name={_settings.Name} --replace"
            )
            : CheckResult.Ok("workflow and catalogs", "all there, written together");
}
