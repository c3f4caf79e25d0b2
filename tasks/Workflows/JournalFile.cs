using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Workflows;

/// <summary>State of a step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepState>))]
public enum StepState
{
    /// <summary>It was about to be done. If no line follows, it is unknown whether it was done.</summary>
    [JsonStringEnumMemberName("begun")]
    Begun,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The steps that are recorded.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Step>))]
public enum Step
{
    /// <summary>Everything that a command that writes a workflow has to do.</summary>
    [JsonStringEnumMemberName("submission")]
    Submission,

    /// <summary>pegasus-plan.</summary>
    [JsonStringEnumMemberName("plan")]
    Plan,

    /// <summary>pegasus-run: the one that must never be done twice.</summary>
    [JsonStringEnumMemberName("start")]
    Start,

    /// <summary>pegasus-run on a workflow that had stopped.</summary>
    [JsonStringEnumMemberName("resubmit")]
    Resubmit,

    [JsonStringEnumMemberName("remove")]
    Remove,

    [JsonStringEnumMemberName("hold")]
    Hold,

    [JsonStringEnumMemberName("release")]
    Release,
}

/// <summary>A line of the journal.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Step">The step.</param>
/// <param name="State">Its state.</param>
public sealed record JournalEntry(DateTimeOffset At, [property: JsonRequired] Step Step, StepState State)
{
    /// <summary>Fingerprint of the request (<see cref="Step.Submission"/>).</summary>
    public string? Command { get; init; }

    public string? Target { get; init; }

    public string? User { get; init; }

    public string? Host { get; init; }

    public int? Process { get; init; }

    /// <summary>The submit directory. Absolute.</summary>
    public string? Directory { get; init; }

    /// <summary>Exit code of the program.</summary>
    public int? ExitCode { get; init; }

    /// <summary>HTCondor's number of the DAGMan job.</summary>
    public int? Cluster { get; init; }

    /// <summary>What was found about a step whose end was not recorded.</summary>
    public string? Detail { get; init; }
}

/// <summary>
/// <c>journal.jsonl</c>: what was done with a workflow. One line is written before and one after each step, and is on disk before the step
/// continues. After a kill the next command reads from it how far the workflow had come.
/// </summary>
public sealed class JournalFile(IFileSystem disk, string folder)
{
    public const string FileName = "journal.jsonl";

    private static readonly JournalJson Json = new(
        new JsonSerializerOptions(JournalJson.Default.Options) { Encoder = VisibleJson.Encoder }
    );

    private readonly JournalLines<JournalEntry> _lines = new(disk, Path.Combine(folder, FileName), Json.JournalEntry);

    /// <summary>Adds a line; it is on disk when this returns.</summary>
    public void Append(JournalEntry entry) => _lines.Append(entry);

    /// <summary>All lines, oldest first. A line that cannot be read was cut off while it was written: its step did not happen.</summary>
    public ImmutableArray<JournalEntry> Read() => [.. _lines.Read()];

    /// <summary>The last line about a step, or null.</summary>
    public JournalEntry? Last(Step step) => Read().LastOrDefault(e => e.Step == step);

    /// <summary>The machine that started the workflow last, if it is not this one; else null.</summary>
    /// <param name="host">This machine.</param>
    public string? StartedElsewhere(string host) =>
        Read().LastOrDefault(e => e is { Step: Step.Start or Step.Resubmit, State: StepState.Begun })?.Host is { } starter
        && starter != host
            ? starter
            : null;

    /// <summary>The command that began and did not finish, or null.</summary>
    public JournalEntry? Unfinished() => Unfinished(Read());

    /// <summary>
    /// Whether the last step of the command failed, by its own record. A command that was killed leaves a step that only began, or one that
    /// is done.
    /// </summary>
    public bool HasFailed() => Read() is [.., { State: StepState.Failed }];

    /// <summary>Whether the command that did not finish, in any of its attempts, had the workflow planned.</summary>
    public bool UnfinishedHasPlanned()
    {
        var entries = Read();
        var command = Unfinished(entries)?.Command;
        return command is not null
            && entries
                .Reverse()
                .TakeWhile(e => e.Step != Step.Submission || (e.State != StepState.Done && e.Command == command))
                .Any(e => e is { Step: Step.Plan, State: StepState.Done });
    }

    private static JournalEntry? Unfinished(ImmutableArray<JournalEntry> entries) =>
        entries.LastOrDefault(e => e.Step == Step.Submission) is { State: not StepState.Done }
            ? entries.Last(e => e is { Step: Step.Submission, State: StepState.Begun })
            : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
