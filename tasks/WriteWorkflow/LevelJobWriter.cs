using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>The jobs of a plan by level (docs/levels.md): lower, combine and upper jobs, and what unpacks their outputs.</summary>
/// <param name="settings">The settings.</param>
/// <param name="payload">What the jobs run.</param>
/// <param name="profile">Changes to the built-in sites.</param>
/// <param name="table">The table of levels.</param>
/// <param name="packages">The operator's packages that the jobs install.</param>
public sealed class LevelJobWriter(
    OutsourceSettings settings,
    PayloadChoice payload,
    SiteProfile profile,
    LevelTable table,
    ImmutableArray<PackageTarball> packages
) : IJobWriter
{
    /// <summary>Folder of the jobs' logs, below the outputs.</summary>
    public const string Logs = "logs";

    private readonly JobProfiles _profiles = new(settings, payload, profile);
    private readonly LevelEnvironment _environment = new(packages);
    private readonly string _processInputs = WorkflowFile.Inputs(LevelFiles.InputsOf(packages, PayloadFiles.Process));
    private readonly string _combineInputs = WorkflowFile.Inputs(LevelFiles.InputsOf(packages, PayloadFiles.Combine));

    /// <summary>A lower job uploads nothing: its parts are merged first.</summary>
    private readonly string _stagesOnly = PartMaker.FreeFlags(settings with { RucioUpload = false, RundbUpdate = false });

    /// <summary>That jobs read local folders only. What they make does not depend on it.</summary>
    private readonly string _local = LocalFlags(settings);

    /// <summary>Type and hash → the argument: all runs have the same few.</summary>
    private readonly Dictionary<(string Type, string Hash), string> _expected = [];

    /// <summary>Name of the jobs that unpack: <c>untar_tpc</c>.</summary>
    public static string UntarName(string detector) => $"untar_{detector}";

    /// <summary>The log of the job that makes an output.</summary>
    public static string LogOf(string output) => $"{Logs}/{output}.log";

    /// <inheritdoc/>
    public string MakerOf(JobGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return PartMaker.Of(CombineArguments(group, group.Level!) + LogArgument(group.LastOutput), payload.Kind);
    }

    /// <inheritdoc/>
    public IEnumerable<JobAfter> After(JobGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return IsUnpacked(group) ? [new JobAfter(UntarIdOf(group), UntarName(group.Level!.Detector))] : [];
    }

    /// <inheritdoc/>
    public void Write(StreamWriter text, JobGroup group, ImmutableArray<string> parentOutputs, IReadOnlySet<string> madeBefore)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(madeBefore);
        var level = group.Level!;
        string[] outputs = [.. Enumerable.Range(0, group.ProcessingJobs).Select(group.OutputOf)];
        var inputs = _processInputs + WorkflowFile.Inputs(parentOutputs);
        var (common, flags) = (Common(group, level), ProcessFlags(group, level, parentOutputs));
        var stageOut = Staged(level.Kind == LevelKind.Lower ? StageOutLevel.Lower : StageOutLevel.Upper);
        var (last, profiles) = ((Resources?)null, "");
        for (var i = 0; i < outputs.Length; i++)
        {
            if (madeBefore.Contains(outputs[i]))
            {
                continue;
            }

            Begin(text, WorkflowFile.IdOf(group, i), group.JobName);
            text.Write(common);
            WorkflowFile.Quote(text, outputs[i]);
            if (group.Chunked)
            {
                WorkflowFile.WriteChunks(text, group, i);
            }

            text.Write(flags);
            WriteLog(text, outputs[i]);
            text.Write(inputs);
            WorkflowFile.WriteOutput(text, outputs[i], stageOut);
            WorkflowFile.WriteOutput(text, LogOf(outputs[i]), "true");

            // Jobs of a group mostly ask for the same; the text is made when they do not.
            if (group.ResourcesOf(i) is var asked && asked != last)
            {
                (last, profiles) = (asked, _profiles.Of(Ask(group, level, asked)));
            }

            text.Write(profiles);
        }

        if (group.CombineResources is { } combine)
        {
            WriteCombine(text, group, combine, outputs);
        }

        if (IsUnpacked(group))
        {
            WriteUntar(text, group, level);
        }
    }

    private static void Begin(StreamWriter text, string id, string name)
    {
        text.Write("  - type: job\n    id: ");
        WorkflowFile.Quote(text, id);
        text.Write("\n    name: ");
        WorkflowFile.Quote(text, name);
        text.Write("\n    arguments: ");
    }

    private static void WriteLog(StreamWriter text, string output)
    {
        text.Write(LogArgument(output));
        text.Write("\n    uses:\n");
    }

    /// <summary>The last argument of each job.</summary>
    private static string LogArgument(string output) => $", \"--log\", \"{LogOf(output)}\"]";

    private JobAsk Ask(JobGroup group, LevelJobs level, Resources asked) =>
        new(asked, group.Requirements, group.DesiredSites)
        {
            Cores = level.Cores,
            Rank = group.Rank,
            Limits = PlannedAttempts.LimitsOf(settings, level.Kind == LevelKind.Lower ? LevelJob.Lower : LevelJob.Upper),
            Environment = _environment.Of(level.Cores),
        };

    private void WriteCombine(StreamWriter text, JobGroup group, Resources combine, string[] outputs)
    {
        var level = group.Level!;
        Begin(text, WorkflowFile.LastIdOf(group), group.CombineName);
        text.Write(CombineArguments(group, level));
        text.Write(_local);
        WriteLog(text, group.LastOutput);
        text.Write(_combineInputs);
        foreach (var output in outputs)
        {
            text.Write("      - {lfn: ");
            WorkflowFile.Quote(text, output);
            text.Write(", type: input}\n");
        }

        WorkflowFile.WriteOutput(text, group.LastOutput, Staged(StageOutLevel.Combine));
        WorkflowFile.WriteOutput(text, LogOf(group.LastOutput), "true");
        text.Write(
            _profiles.Of(
                new JobAsk(combine, group.CombineRequirements!, level.CombineDesiredSites)
                {
                    Cores = level.CombineCores,
                    Limits = PlannedAttempts.LimitsOf(settings, LevelJob.Combine),
                    Environment = _environment.Of(level.CombineCores),
                }
            )
        );
    }

    /// <summary>Unpacks, on the submit host, what a combine or an upper job made, if it is staged out.</summary>
    private void WriteUntar(StreamWriter text, JobGroup group, LevelJobs level)
    {
        var log = LogOf($"untar-{group.LastOutput}");
        Begin(text, UntarIdOf(group), UntarName(level.Detector));

        // The program writes its log: kickstart cannot open a file in a folder that is not there yet.
        text.Write(
            $"[\"--tarball\", {YamlText.Quote(group.LastOutput)}, \"--outputs\", {YamlText.Quote(settings.OutputsFolder)}, \"--run\", "
                + $"\"{group.Run}\", \"--job\", {YamlText.Quote(WorkflowFile.LastIdOf(group))}, \"--log\", {YamlText.Quote(log)}]\n"
                + "    uses:\n"
        );
        text.Write(WorkflowFile.Inputs([group.LastOutput, PayloadFiles.Module]));
        WorkflowFile.WriteOutput(text, log, "true");
        text.Write("    profiles:\n      selector:\n        execution.site: \"local\"\n");
    }

    private bool IsUnpacked(JobGroup group) =>
        settings.StageOut.Contains(group.Chunked ? StageOutLevel.Combine : StageOutLevel.Upper);

    private static string UntarIdOf(JobGroup group) => $"{RunDocument.Padded(group.Run)}-{group.Type}-untar";

    private string Staged(StageOutLevel level) => settings.StageOut.Contains(level) ? "true" : "false";

    /// <summary>The arguments of every job of a group, up to the name of its output.</summary>
    private string Common(JobGroup group, LevelJobs level, string? name = null) =>
        $"[\"--run\", \"{group.Run}\", \"--context\", {YamlText.Quote(settings.Context)}, {XedocsVersion}\"--level\", "
        + $"\"{name ?? (level.Kind == LevelKind.Lower ? "lower" : "upper")}\", \"--data-types\", "
        + $"{YamlText.Quote(string.Join(',', level.Makes))}, \"--output\", ";

    private string XedocsVersion => settings.XedocsVersion is { } version ? $"\"--xedocs-version\", {YamlText.Quote(version)}, " : "";

    private string CombineArguments(JobGroup group, LevelJobs level) =>
        $"{Common(group, level, "combine")}\"{group.LastOutput}\", \"--chunk-stops\", \"{group.ChunkStops}\"{WorkflowFile.OpenEnd}"
        + PartMaker.FreeFlags(settings)
        + Flags(group, level, level.CombineCores);

    private string ProcessFlags(JobGroup group, LevelJobs level, ImmutableArray<string> parentOutputs)
    {
        var flags = new StringBuilder(group.Chunked ? _stagesOnly : PartMaker.FreeFlags(settings));
        if (settings.IgnoreProcessed || settings.Force)
        {
            flags.Append(", \"--ignore-processed\"");
        }

        // Raw data is large: it is fetched chunk by chunk, but not by a job whose input comes from a combine job.
        if (parentOutputs.IsEmpty && !settings.NoRemote)
        {
            flags.Append(", \"--download-heavy\"");
        }

        if (settings.RemoveHeavy && !settings.NoRemote)
        {
            flags.Append(", \"--remove-heavy\"");
        }

        if (group.Chunked)
        {
            foreach (var (plugin, mb) in table.PartChunkTargets)
            {
                flags.Append(CultureInfo.InvariantCulture, $", \"--part-chunk-target\", \"{plugin}={mb}\"");
            }
        }

        return flags.Append(Flags(group, level, level.Cores)).Append(_local).ToString();
    }

    /// <summary>The folders of straxen's contexts are in the context of the job: only folders that the operator named are passed.</summary>
    private static string LocalFlags(OutsourceSettings settings) =>
        settings.NoRemote
            ? ", \"--no-remote\""
                + string.Concat(
                    (settings.IsSet("local_data") ? settings.LocalData : []).Select(f => $", \"--local-data\", {YamlText.Quote(f)}")
                )
            : "";

    private string Expected(string type, string hash) =>
        _expected.TryGetValue((type, hash), out var known)
            ? known
            : _expected[(type, hash)] = $", \"--expect-hash\", {YamlText.Quote($"{type}={hash}")}";

    /// <summary>Arguments that all jobs of a level have.</summary>
    private string Flags(JobGroup group, LevelJobs level, int cores)
    {
        var flags = new StringBuilder();
        void Add(string name, string value) => flags.Append(CultureInfo.InvariantCulture, $", \"{name}\", {YamlText.Quote(value)}");
        foreach (var type in level.ToMake)
        {
            flags.Append(Expected(type, group.Hashes[type]));
        }

        foreach (var (type, key) in table.UploadKeys.Where(k => settings.Uploads && level.ToMake.Contains(k.Key)))
        {
            Add("--upload-rse", $"{type}={key}");
        }

        foreach (var package in packages.Where(p => p is { Shared: false, Version: not null }))
        {
            Add("--expect-package", $"{package.Name}={package.Version}");
        }

        if (cores > 1)
        {
            Add("--cores", cores.ToString(CultureInfo.InvariantCulture));
        }

        if (settings.Saltax)
        {
            Add("--saltax", "simu,salt");
        }

        if (settings.ResourcesTest)
        {
            flags.Append(", \"--resources-test\"");
        }

        foreach (var word in payload.Arguments)
        {
            flags.Append(", ").Append(YamlText.Quote(word));
        }

        return flags.ToString();
    }
}
