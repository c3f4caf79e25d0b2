using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.ClassAds;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Services.Proxies;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>The Pegasus catalogs and properties (docs/domain.md §9), as text. The order of entries is fixed.</summary>
public sealed partial class Catalogs(LoadedConfiguration loaded, PayloadChoice payload, SiteProfile profile)
{
    private readonly OutsourceSettings _settings = loaded.Settings;

    /// <summary>Whether they are of a workflow in parts.</summary>
    public bool InParts { get; init; }

    /// <summary>The site catalog: the submit host, the staging area, the pool.</summary>
    public string Sites(IEnumerable<string> heading)
    {
        var text = Begin(heading).Append("sites:\n");
        var release = $"/cvmfs/xenon.opensciencegrid.org/releases/nT/{_settings.Image.Tag ?? "development"}";
        var environment = $"{release}/anaconda/envs/XENONnT_{_settings.Image.Tag ?? "development"}";
        var scratch = Path.Combine(_settings.WorkDir, "scratch", _settings.Name);
        text.Append("  - name: local\n    directories:\n");
        Directory(text, "sharedScratch", scratch, "file://" + scratch);
        Directory(text, "localStorage", _settings.OutputsFolder, "file://" + _settings.OutputsFolder);
        text.Append("    profiles:\n");
        Profiles(
            text,
            "env",
            ("GLOBUS_LOCATION", ""),
            ("HOME", _settings.Home),
            ("LD_LIBRARY_PATH", $"{environment}/lib64:{environment}/lib"),
            ("PATH", $"{environment}/bin:{release}/anaconda/condabin:/usr/bin:/bin"),
            ("PEGASUS_SUBMITTING_USER", _settings.User),
            ("RUCIO_ACCOUNT", "production"),
            ("X509_USER_PROXY", ProxyCopy.SentBy(_settings))
        );

        text.Append("  - name: staging-davs\n    directories:\n");
        var staging = $"/xenon/scratch/{_settings.User}";
        Directory(text, "sharedScratch", staging, "gsidavs://xenon-gridftp.grid.uchicago.edu:2880" + staging);

        text.Append("  - name: condorpool\n    profiles:\n");
        Profiles(text, "pegasus", ("style", "condor"));
        List<(string, string)> condor = [("universe", "vanilla"), ("x509userproxy", ProxyCopy.SentBy(_settings))];
        if (payload.Kind == Payload.Strax)
        {
            condor.Add(("+SingularityImage", ClassAd.Quote(_settings.Image.Path)));
        }

        if (_settings.UseXsede)
        {
            condor.Add(("+Desired_Allocations", ClassAd.Quote("Expanse")));
        }

        Profiles(text, "condor", [.. condor]);
        // Jobs of a plan by level are production only where they upload, which the payload knows.
        (string, string)[] ofPlan = _settings.ByLevel
            ? [("PYTHONUNBUFFERED", "1"), ("PYTHONWARNINGS", "ignore::DeprecationWarning")]
            : [("RUCIO_ACCOUNT", "production")];
        Profiles(
            text,
            "env",
            [
                ("GLOBUS_LOCATION", ""),
                ("LD_LIBRARY_PATH", ""),
                ("OSG_LOCATION", ""),
                ("PEGASUS_SUBMITTING_USER", _settings.User),
                ("PERL5LIB", ""),
                ("PYTHONPATH", ""),
                .. ofPlan,
                ("RUCIO_LOGGING_FORMAT", "%(asctime)s  %(levelname)s  %(message)s"),
            ]
        );
        return profile.Merge(text.ToString());
    }

    /// <summary>The transformation catalog: every job name of the tables, each with the one wrapper.</summary>
    /// <param name="payloadFolder">Folder of the copies. Absolute.</param>
    /// <param name="heading">Comment lines.</param>
    public string Transformations(string payloadFolder, IEnumerable<string> heading)
    {
        var text = Begin(heading).Append("transformations:\n");
        foreach (var (name, program) in loaded.Levels is { } levels ? OfLevels(levels.Table) : OfTypes())
        {
            text.Append(
                $"  - name: {YamlText.Quote(name)}\n    sites:\n      - {{name: local, pfn: "
                    + $"{FileUrl(Path.Combine(payloadFolder, program))}, type: stageable}}\n"
            );
        }

        if (InParts)
        {
            // In place of the planner itself, which the planner looks up here for the parts (SUBDAXGenerator).
            text.Append(
                "  - namespace: \"pegasus\"\n    name: \"pegasus-plan\"\n    sites:\n      - {name: local, pfn: "
                    + $"{YamlText.Quote(Path.Combine(payloadFolder, PayloadFiles.PlanPart))}, type: installed}}\n"
            );
        }

        return text.ToString();
    }

    private IEnumerable<(string Name, string Program)> OfTypes() =>
        loaded
            .Tables.DataTypes.Values.Select(t => t.JobName)
            .Append("download")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Prepend(JobGroup.CombineJob)
            .Select(name => (name, PayloadFiles.Wrapper));

    private static IEnumerable<(string Name, string Program)> OfLevels(LevelTable table) =>
        table
            .Detectors.SelectMany(d =>
                new[]
                {
                    ($"{JobGroup.CombineJob}_{d.Name}", PayloadFiles.Wrapper),
                    (LevelContext.UnitOf(LevelKind.Lower, d.Name), PayloadFiles.Wrapper),
                    (LevelContext.UnitOf(LevelKind.Upper, d.Name), PayloadFiles.Wrapper),
                    (LevelJobWriter.UntarName(d.Name), PayloadFiles.Unpack),
                }
            )
            .OrderBy(t => t.Item1, StringComparer.Ordinal);

    /// <summary>
    /// The replica catalog: the files that are sent with jobs, and chunk outputs of an earlier debug run that need not be made again.
    /// </summary>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <param name="travel">The files sent with the jobs. Configuration and token get no checksum: others may read the catalog, and a
    /// secret can be found by guessing.</param>
    /// <param name="madeBefore">Names of outputs that already exist in the outputs folder, ascending.</param>
    /// <param name="heading">Comment lines.</param>
    /// <param name="parts">The parts of the workflow.</param>
    public string Replicas(
        string folder,
        JobFiles travel,
        IEnumerable<string> madeBefore,
        IEnumerable<string> heading,
        IEnumerable<WrittenPart> parts
    )
    {
        var text = Begin(heading).Append("replicas:\n");
        void Add(string name, string path, string? sha256 = null) =>
            text.Append($"  - lfn: {YamlText.Quote(name)}\n    pfns:\n      - {{site: local, pfn: {FileUrl(path)}}}\n")
                .Append(sha256 is null ? "" : $"    checksum: {{sha256: \"{sha256}\"}}\n");
        void Program(string name) =>
            Add(
                name,
                Path.Combine(folder, WorkflowFolder.Payload, PayloadFiles.ProgramPath(payload.Kind, name)),
                travel.Payload.FirstOrDefault(p => p.Name == PayloadFiles.ProgramPath(payload.Kind, name))?.Sha256
            );
        var standIn = Path.Combine(folder, WorkflowFolder.Payload, PayloadFiles.StandIn);
        Add(PayloadFiles.Token, TokenCopy.IsNeeded(_settings) ? TokenCopy.PathIn(folder) : standIn);
        Add(PayloadFiles.Config, Path.Combine(folder, PayloadFiles.Config));
        Program(PayloadFiles.Combine);
        if (payload.Kind == Payload.Canary)
        {
            Add(PayloadFiles.Cutax, standIn);
        }
        else
        {
            Add(PayloadFiles.Cutax, JobFiles.CopyOfCutax(folder), travel.CutaxSha256);
        }

        foreach (var package in travel.Packages.Where(p => p.FileName != PayloadFiles.Cutax))
        {
            Add(package.FileName, Path.Combine(folder, WorkflowFolder.Payload, package.FileName), package.Sha256);
        }

        Program(PayloadFiles.Module);
        Program(PayloadFiles.Process);
        foreach (var name in madeBefore)
        {
            Add(name, Path.Combine(_settings.OutputsFolder, name));
        }

        foreach (var (part, _) in parts)
        {
            Add(part.File, Path.Combine(folder, WorkflowFolder.Parts, part.File));
        }

        return text.ToString();
    }

    /// <summary>
    /// The planner's properties: the shipped ones, the locations of the catalogs, then the operator's own, which override.
    /// </summary>
    /// <param name="shipped">Content of <c>tables/pegasus.properties</c>.</param>
    /// <param name="own">Content of <c>pegasus_properties</c>, or null.</param>
    /// <param name="folder">Where the catalogs are. Absolute.</param>
    /// <param name="heading">Comment lines.</param>
    public string Properties(string shipped, string? own, string folder, IEnumerable<string> heading)
    {
        var text = new StringBuilder();
        Comment(text, heading);
        text.Append(profile.Apply(WithDagman(shipped)).TrimEnd()).Append('\n');

        // If the site catalog is missing, the planner uses its own sites: so each catalog has its full path.
        foreach (
            var (key, value) in ImmutableArray.Create(
                ("pegasus.catalog.site", "YAML"),
                ("pegasus.catalog.site.file", Path.Combine(folder, WorkflowFolder.Sites)),
                ("pegasus.catalog.transformation", "YAML"),
                ("pegasus.catalog.transformation.file", Path.Combine(folder, WorkflowFolder.Transformations)),
                ("pegasus.catalog.replica", "YAML"),
                ("pegasus.catalog.replica.file", Path.Combine(folder, WorkflowFolder.Replicas))
            )
        )
        {
            text.Append($"{key}={Escape(value)}\n");
        }

        if (InParts)
        {
            // A part is planned when a place is free (plan_part.py), one at a time. Without the scope its files on the staging site would
            // stay: the planner plans no deletion in a part whose files another one may need.
            text.Append(CultureInfo.InvariantCulture, $"dagman.subwf.maxjobs={_settings.PartsAtOnce}\n")
                .Append("dagman.maxpre=1\npegasus.file.cleanup.scope=deferred\n");
        }

        if (own is not null)
        {
            text.Append($"\n# from {_settings.PegasusProperties}\n").Append(own.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// The shipped properties with DAGMan's limits of the settings; in plans by type only with those that the configuration has.
    /// </summary>
    private string WithDagman(string shipped)
    {
        var limits = new[]
        {
            ("dagman_retry", _settings.DagmanRetry),
            ("dagman_maxidle", _settings.DagmanMaxidle),
            ("dagman_maxjobs", _settings.DagmanMaxjobs),
        };
        return limits
            .Where(l => _settings.ByLevel || _settings.IsSet(l.Item1))
            .Aggregate(
                shipped.TrimEnd(),
                (text, limit) =>
                {
                    var (name, line) = (limit.Item1.Replace('_', '.'), string.Create(CultureInfo.InvariantCulture, $"{limit.Item2}"));
                    var found = Regex.Match(text, $"(?m)^{Regex.Escape(name)}=.*$");
                    return found.Success
                        ? $"{text[..found.Index]}{name}={line}{text[(found.Index + found.Length)..]}"
                        : $"{text}\n{name}={line}";
                }
            );
    }

    /// <summary>
    /// The operator's own properties, which must not set the catalogs: the written catalogs and the proxy in them must be those that are
    /// checked.
    /// </summary>
    /// <param name="path">Their path, for the error.</param>
    /// <param name="own">Their text.</param>
    /// <exception cref="UsageException">They set other catalogs; all such lines.</exception>
    public static string WithoutOurs(string path, string own)
    {
        var faults = own.Split('\n')
            .Select((line, i) => (Match: CatalogKey().Match(line), Line: i + 1))
            .Where(l => l.Match.Success)
            .Select(l => new Fault(
                $"pegasus_properties sets {l.Match.Groups[1].Value}, but the catalogs are written and checked with the workflow. Remove "
                    + "the line; to change sites use --site-profile.",
                path,
                l.Line
            ))
            .ToList();
        return faults.Count == 0 ? own : throw new UsageException(faults);
    }

    [GeneratedRegex(@"^\s*(pegasus\.catalog\.(?:site|transformation|replica)(?:\.file)?)\s*(?:[=:\s]|\z)")]
    private static partial Regex CatalogKey();

    /// <summary>A value of a Java property file: backslashes doubled, non-ASCII characters as \uXXXX.</summary>
    private static string Escape(string value) =>
        string.Concat(
            value.Select(c =>
                c == '\\' ? "\\\\"
                : c is < ' ' or > '~' ? $"\\u{(int)c:x4}"
                : c.ToString()
            )
        );

    private static StringBuilder Begin(IEnumerable<string> heading)
    {
        var text = new StringBuilder();
        Comment(text, heading);
        return text.Append($"pegasus: {YamlText.Quote(WorkflowFile.PegasusVersion)}\n");
    }

    private static void Comment(StringBuilder text, IEnumerable<string> heading)
    {
        foreach (var line in heading)
        {
            text.Append($"# {line}\n");
        }
    }

    private static string FileUrl(string path) => YamlText.Quote("file://" + path);

    private static void Directory(StringBuilder text, string type, string path, string url) =>
        text.Append($"      - type: {type}\n        path: {YamlText.Quote(path)}\n        sharedFileSystem: false\n")
            .Append($"        fileServers:\n          - {{url: {YamlText.Quote(url)}, operation: all}}\n");

    private static void Profiles(StringBuilder text, string space, params (string Key, string Value)[] entries)
    {
        text.Append($"      {space}:\n");
        foreach (var (key, value) in entries)
        {
            text.Append($"        {YamlText.Quote(key)}: {YamlText.Quote(value)}\n");
        }
    }
}
