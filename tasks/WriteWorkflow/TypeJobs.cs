using System.Collections.Immutable;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>A job that follows the last one of a group.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name (of the Pegasus transformation).</param>
public readonly record struct JobAfter(string Id, string Name);

/// <summary>Writes the jobs of a group into <c>workflow.yml</c>, in one of the plans.</summary>
public interface IJobWriter
{
    /// <summary>Writes the jobs of a group.</summary>
    /// <param name="text">Where.</param>
    /// <param name="group">The group.</param>
    /// <param name="parentOutputs">The outputs of the groups that it depends on.</param>
    /// <param name="madeBefore">Outputs of chunk jobs that already exist: their jobs are left out.</param>
    void Write(StreamWriter text, JobGroup group, ImmutableArray<string> parentOutputs, IReadOnlySet<string> madeBefore);

    /// <summary>Further jobs that follow the last one of a group.</summary>
    IEnumerable<JobAfter> After(JobGroup group);

    /// <summary>
    /// Everything that determines the content of the parts of a group's combine job: run, types, context, chunks, hashes and payload.
    /// Uploading and staging have no influence.
    /// </summary>
    string MakerOf(JobGroup group);
}

/// <summary>The jobs of a plan by type (docs/domain.md §8).</summary>
public sealed class TypeJobs : IJobWriter
{
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
    private readonly Dictionary<string, (ImmutableSortedDictionary<string, string> Hashes, string Flags)> _flags = new(
        StringComparer.Ordinal
    );

    /// <param name="settings">The settings.</param>
    /// <param name="payload">What the jobs run.</param>
    /// <param name="profile">Changes to the built-in sites.</param>
    public TypeJobs(OutsourceSettings settings, PayloadChoice payload, SiteProfile profile)
    {
        _settings = settings;
        _payload = payload;
        _profiles = new JobProfiles(settings, payload, profile);
    }

    /// <inheritdoc/>
    public IEnumerable<JobAfter> After(JobGroup group) => [];

    /// <inheritdoc/>
    public string MakerOf(JobGroup group) => PartMaker.Of(CombineArguments(group), _payload.Kind);

    private string CombineArguments(JobGroup group) =>
        $"{Common(group)}\"{group.LastOutput}\", \"--chunk-stops\", \"{group.ChunkStops}\"{WorkflowFile.OpenEnd}{Flags(group)}]";

    /// <summary>The arguments of every job of a group, up to the name of its output.</summary>
    private string Common(JobGroup group) =>
        $"[\"--run\", \"{group.Run}\", \"--context\", {YamlText.Quote(_settings.Context)}, {XedocsVersion}\"--data-type\", "
        + $"{YamlText.Quote(group.Type)}, \"--output\", ";

    private string XedocsVersion => _settings.XedocsVersion is { } version ? $"\"--xedocs-version\", {YamlText.Quote(version)}, " : "";

    /// <inheritdoc/>
    public void Write(StreamWriter text, JobGroup group, ImmutableArray<string> parentOutputs, IReadOnlySet<string> madeBefore)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(madeBefore);
        var head = $"    name: {YamlText.Quote(group.JobName)}\n    arguments: {Common(group)}";
        var flags = $"{Flags(group)}]\n    uses:\n";
        var inputs = WorkflowFile.Inputs(ProcessingInputs) + WorkflowFile.Inputs(parentOutputs);
        var limits = PlannedAttempts.LimitsOf(_settings, group.Chunked ? LevelJob.Lower : LevelJob.Upper);
        var profiles = _profiles.Of(
            new JobAsk(group.Resources, group.Requirements, group.DesiredSites) { Rank = group.Rank, Limits = limits }
        );

        // Only data without another copy is staged out: chunk outputs if nothing is uploaded, and always the end of a chain.
        var stageOut = group.Chunked ? StagesChunks : "true";
        // Written piece by piece, each name made once: with 40,000 jobs every concatenated string costs time.
        string[] outputs = [.. Enumerable.Range(0, group.ProcessingJobs).Select(group.OutputOf)];
        for (var i = 0; i < outputs.Length; i++)
        {
            if (madeBefore.Contains(outputs[i]))
            {
                continue;
            }

            text.Write("  - type: job\n    id: \"");
            text.Write(WorkflowFile.IdOf(group, i));
            text.Write("\"\n");
            text.Write(head);
            WorkflowFile.Quote(text, outputs[i]);
            if (group.Chunked)
            {
                WorkflowFile.WriteChunks(text, group, i);
            }

            text.Write(flags);
            text.Write(inputs);
            WorkflowFile.WriteOutput(text, outputs[i], stageOut);
            text.Write(profiles);
        }

        if (group.CombineResources is { } resources)
        {
            WriteCombine(text, group, resources, outputs);
        }
    }

    private void WriteCombine(StreamWriter text, JobGroup group, Resources resources, string[] outputs)
    {
        text.Write($"  - type: job\n    id: \"{WorkflowFile.LastIdOf(group)}\"\n    name: \"{JobGroup.CombineJob}\"\n    arguments: ");
        text.Write(CombineArguments(group));
        text.Write("\n    uses:\n");
        text.Write(WorkflowFile.Inputs(CombineInputs));
        foreach (var output in outputs)
        {
            text.Write("      - {lfn: ");
            WorkflowFile.Quote(text, output);
            text.Write(", type: input}\n");
        }

        WorkflowFile.WriteOutput(text, group.LastOutput, StagesChunks);
        var combine = new JobAsk(resources, group.CombineRequirements!, null)
        {
            Limits = PlannedAttempts.LimitsOf(_settings, LevelJob.Combine),
        };
        text.Write(_profiles.Of(combine));
    }

    /// <summary>Whether outputs between the jobs of a chain come to the submit host.</summary>
    private string StagesChunks => _settings.Uploads ? "false" : "true";

    /// <summary>The same for all groups of a type that have the same hashes, and nearly all of them share the object.</summary>
    private string Flags(JobGroup group)
    {
        if (_flags.TryGetValue(group.Type, out var known) && ReferenceEquals(known.Hashes, group.Hashes))
        {
            return known.Flags;
        }

        var flags = FlagsOf(group);
        _flags[group.Type] = (group.Hashes, flags);
        return flags;
    }

    private string FlagsOf(JobGroup group)
    {
        var flags = new StringBuilder();
        void Add(params IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                flags.Append(", ").Append(YamlText.Quote(word));
            }
        }

        flags.Append(PartMaker.FreeFlags(_settings));

        foreach (var (type, hash) in group.Hashes)
        {
            Add("--expect-hash", $"{type}={hash}");
        }

        Add(_payload.Arguments);
        return flags.ToString();
    }
}
