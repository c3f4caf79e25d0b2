using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>
/// Writes <c>workflow.yml</c> (Pegasus 5.0 format) job by job, without keeping it in memory. The same plan and clock give the same bytes.
/// </summary>
public sealed class WorkflowFile
{
    /// <summary>Format of the workflow and the catalogs.</summary>
    public const string PegasusVersion = "5.0";

    private const string UploadFlags = ", \"--upload\", \"--update-rundb\"",
        StageFlag = ", \"--stage\"";

    private static readonly string[] ProcessingInputs =
    [
        PayloadFiles.Config,
        PayloadFiles.Token,
        PayloadFiles.Cutax,
        PayloadFiles.Module,
        PayloadFiles.Process,
    ];
    private static readonly string[] CombineInputs =
    [
        PayloadFiles.Combine,
        PayloadFiles.Config,
        PayloadFiles.Token,
        PayloadFiles.Cutax,
        PayloadFiles.Module,
    ];

    private readonly OutsourceSettings _settings;
    private readonly PayloadChoice _payload;
    private readonly JobProfiles _profiles;
    private IReadOnlySet<string> _madeBefore = ImmutableHashSet<string>.Empty;

    /// <param name="settings">The settings.</param>
    /// <param name="payload">What the jobs run.</param>
    /// <param name="profile">Changes to the built-in sites.</param>
    public WorkflowFile(OutsourceSettings settings, PayloadChoice payload, SiteProfile profile)
    {
        _settings = settings;
        _payload = payload;
        _profiles = new JobProfiles(settings, payload, profile);
    }

    /// <summary>
    /// Id of processing job <paramref name="index"/> of a group: <c>043000-peaklets-0003</c>. DAG nodes contain it, so that run and type
    /// can be read from a node's name.
    /// </summary>
    public static string IdOf(JobGroup group, int index) =>
        group.Chunked
            ? string.Create(CultureInfo.InvariantCulture, $"{RunDocument.Padded(group.Run)}-{group.Type}-{index:D4}")
            : $"{RunDocument.Padded(group.Run)}-{group.Type}";

    /// <summary>Id of the last job of a group: the combine job, or the single one.</summary>
    public static string LastIdOf(JobGroup group) =>
        group.Chunked ? $"{RunDocument.Padded(group.Run)}-{group.Type}-combine" : IdOf(group, 0);

    /// <summary>Writes the workflow.</summary>
    /// <param name="stream">The destination.</param>
    /// <param name="plan">The plan to write.</param>
    /// <param name="madeBefore">
    /// Outputs of chunk jobs that already exist: their jobs are left out. The planner could do that itself, but then it also drops, without
    /// a message, every job whose output is not staged out (Pegasus 5.1): all jobs that end in an upload.
    /// </param>
    /// <param name="heading">Comment lines for people and for <c>--reuse</c>.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Counts the written jobs; or null.</param>
    public void Write(
        Stream stream,
        JobPlan plan,
        IEnumerable<string> madeBefore,
        IEnumerable<string> heading,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    )
    {
        _madeBefore = madeBefore.ToImmutableHashSet(StringComparer.Ordinal);
        using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in heading)
        {
            text.WriteLine($"# {line}");
        }

        text.WriteLine($"pegasus: {YamlText.Quote(PegasusVersion)}");
        text.WriteLine($"name: {SubmitDirectory.WorkflowName}");
        WriteHooks(text);
        text.WriteLine("jobs:");
        foreach (var run in plan.Groups.GroupBy(g => g.Run))
        {
            cancel.ThrowIfCancellationRequested();
            var last = run.ToDictionary(g => g.Type, g => g.LastOutput, StringComparer.Ordinal);
            foreach (var group in run)
            {
                WriteGroup(text, group, [.. group.Parents.Select(p => last[p])]);
                progress?.Advance(group.Jobs);
            }
        }

        WriteDependencies(text, plan, cancel);
    }

    private void WriteHooks(StreamWriter text)
    {
        if (_settings.NotificationEmail is { Length: > 0 } address)
        {
            var command = YamlText.Quote(NotificationHook.Command(_settings.PegasusPath, address));

            // Start and end. The planner passes the value "end" on unchanged, and the monitor that runs the hooks knows only "at_end" and
            // "all" (Pegasus 5.1).
            text.WriteLine($"hooks:\n  shell:\n    - {{_on: all, cmd: {command}}}");
        }
    }

    /// <summary>
    /// Everything that determines the content of the parts of a group's combine job: run, type, context, chunks, hashes and payload.
    /// Uploading and staging have no influence.
    /// </summary>
    public string MakerOf(JobGroup group) => Maker(CombineArguments(group), _payload.Kind);

    /// <summary>The same from the written arguments of a combine job.</summary>
    internal static string Maker(string arguments, Payload payload) =>
        arguments.Replace(UploadFlags, "", StringComparison.Ordinal).Replace(StageFlag, "", StringComparison.Ordinal)
        + (payload == Payload.Canary ? " canary" : "");

    private string CombineArguments(JobGroup group) =>
        $"{Common(group)}\"{group.LastOutput}\", \"--chunk-stops\", \"{group.ChunkStops}\"{OpenEnd}{Flags(group)}]";

    /// <summary>
    /// Passed to the job with a run's last known chunk, and to the combine job. A listing is a lower bound, because an empty chunk has no
    /// file (docs/domain.md §3): these jobs continue to the number of chunks in the metadata.
    /// </summary>
    private const string OpenEnd = ", \"--open-end\"";

    /// <summary>The arguments of every job of a group, up to the name of its output.</summary>
    private string Common(JobGroup group) =>
        $"[\"--run\", \"{group.Run}\", \"--context\", {YamlText.Quote(_settings.Context)}, {XedocsVersion}\"--data-type\", "
        + $"{YamlText.Quote(group.Type)}, \"--output\", ";

    private string XedocsVersion => _settings.XedocsVersion is { } version ? $"\"--xedocs-version\", {YamlText.Quote(version)}, " : "";

    private void WriteGroup(StreamWriter text, JobGroup group, ImmutableArray<string> parentOutputs)
    {
        var head = $"    name: {YamlText.Quote(group.JobName)}\n    arguments: {Common(group)}";
        var flags = $"{Flags(group)}]\n    uses:\n";
        var inputs = Inputs(ProcessingInputs) + Inputs(parentOutputs);
        var profiles = _profiles.Of(group.Resources, group.Requirements, group.DesiredSites);

        // Only data without another copy is staged out: chunk outputs with --debug, and always the end of a chain.
        var stageOut = group.Chunked ? Word(_settings.Debug) : "true";
        // Written piece by piece, each name made once: with 40,000 jobs every concatenated string costs time.
        string[] outputs = [.. Enumerable.Range(0, group.ProcessingJobs).Select(group.OutputOf)];
        for (var i = 0; i < outputs.Length; i++)
        {
            if (_madeBefore.Contains(outputs[i]))
            {
                continue;
            }

            text.Write("  - type: job\n    id: \"");
            text.Write(IdOf(group, i));
            text.Write("\"\n");
            text.Write(head);
            Quote(text, outputs[i]);
            if (group.Chunked)
            {
                var (start, stop) = group.ChunksOf(i);
                text.Write(", \"--chunk-start\", \"");
                Write(text, start);
                text.Write("\", \"--chunk-stop\", \"");
                Write(text, stop);
                text.Write('"');
                if (stop == group.Chunks)
                {
                    text.Write(OpenEnd);
                }
            }

            text.Write(flags);
            text.Write(inputs);
            WriteOutput(text, outputs[i], stageOut);
            text.Write(profiles);
        }

        if (group.CombineResources is { } resources)
        {
            text.Write($"  - type: job\n    id: \"{LastIdOf(group)}\"\n    name: \"{JobPlan.CombineJob}\"\n    arguments: ");
            text.Write(CombineArguments(group));
            text.Write("\n    uses:\n");
            text.Write(Inputs(CombineInputs));
            foreach (var output in outputs)
            {
                text.Write("      - {lfn: ");
                Quote(text, output);
                text.Write(", type: input}\n");
            }

            WriteOutput(text, group.LastOutput, Word(_settings.Debug));
            text.Write(_profiles.Of(resources, group.CombineRequirements!, null));
        }
    }

    /// <summary>A name that we made, which contains nothing to escape.</summary>
    private static void Quote(StreamWriter text, string name)
    {
        text.Write('"');
        text.Write(name);
        text.Write('"');
    }

    private static void Write(StreamWriter text, int number)
    {
        Span<char> digits = stackalloc char[11];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        text.Write(digits[..length]);
    }

    private string Flags(JobGroup group)
    {
        var flags = new StringBuilder();
        void Add(params IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                flags.Append(", ").Append(YamlText.Quote(word));
            }
        }

        if (!_settings.Debug)
        {
            flags.Append(UploadFlags);
        }

        if (_settings.Stage)
        {
            flags.Append(StageFlag);
        }

        foreach (var (type, hash) in group.Hashes)
        {
            Add("--expect-hash", $"{type}={hash}");
        }

        Add(_payload.Arguments);
        return flags.ToString();
    }

    private static string Inputs(IEnumerable<string> files) => string.Concat(files.Select(f => $"      - {{lfn: \"{f}\", type: input}}\n"));

    private static void WriteOutput(StreamWriter text, string file, string stageOut)
    {
        text.Write("      - {lfn: ");
        Quote(text, file);
        text.Write(", type: output, stageOut: ");
        text.Write(stageOut);
        text.Write(", registerReplica: true}\n");
    }

    private void WriteDependencies(StreamWriter text, JobPlan plan, CancellationToken cancel)
    {
        text.Write("jobDependencies:");
        var any = false;
        foreach (var run in plan.Groups.GroupBy(g => g.Run))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var group in run)
            {
                if (group.Chunked)
                {
                    var children = $", children: [\"{LastIdOf(group)}\"]}}";
                    foreach (var i in Written(group))
                    {
                        text.Write("\n  - {id: ");
                        Quote(text, IdOf(group, i));
                        text.Write(children);
                        any = true;
                    }
                }

                var dependents = run.Where(g => g.Parents.Contains(group.Type))
                    .SelectMany(g => Written(g).Select(i => $"\"{IdOf(g, i)}\""))
                    .ToList();
                if (dependents.Count > 0)
                {
                    text.Write($"\n  - {{id: \"{LastIdOf(group)}\", children: [{string.Join(", ", dependents)}]}}");
                    any = true;
                }
            }
        }

        text.Write(any ? "\n" : " []\n");
    }

    /// <summary>The processing jobs of a group that are in the workflow.</summary>
    private IEnumerable<int> Written(JobGroup group) =>
        _madeBefore.Count == 0
            ? Enumerable.Range(0, group.ProcessingJobs)
            : Enumerable.Range(0, group.ProcessingJobs).Where(i => !_madeBefore.Contains(group.OutputOf(i)));

    private static string Word(bool value) => value ? "true" : "false";
}
