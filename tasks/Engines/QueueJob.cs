using System.Globalization;
using System.Text.Json;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;

namespace Outsource.Engines;

/// <summary>A job in HTCondor's queue.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Proc">Its process.</param>
/// <param name="Status">1 idle, 2 running, 3 being removed, 4 completed, 5 held, 6 moving output, 7 suspended.</param>
public sealed record QueueJob(int Cluster, int Proc, int Status)
{
    public const int Idle = 1,
        Running = 2,
        Removing = 3,
        Completed = 4,
        Held = 5,
        MovingOutput = 6,
        Suspended = 7;

    /// <summary>Its DAG node; null: it is DAGMan itself.</summary>
    public string? Node { get; init; }

    /// <summary>The id of the workflow it belongs to, or null.</summary>
    public string? RootId { get; init; }

    /// <summary>The id of the workflow, or of the part of it, whose DAG it is a node of; null: unknown.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Whether it is the DAGMan of a part, which is a node of the workflow's DAG.</summary>
    public bool IsPart => Node is { } node && PartNode.IdOf(node) is not null;

    /// <summary>Its owner, or null.</summary>
    public string? Owner { get; init; }

    public string? HoldReason { get; init; }

    public int? HoldCode { get; init; }

    public int? HoldSubcode { get; init; }

    /// <summary>Memory used, MB, or null.</summary>
    public long? MemoryMb { get; init; }

    /// <summary>Disk used, KB, or null.</summary>
    public long? DiskKb { get; init; }

    /// <summary>In the form that <c>condor_hold</c> and <c>condor_release</c> take.</summary>
    public string Id => FormattableString.Invariant($"{Cluster}.{Proc}");

    /// <summary>Description for the operator.</summary>
    public string Description
    {
        get
        {
            var state = Status switch
            {
                Idle => "idle",
                Running => "running",
                Removing => "being removed",
                Completed => "completed",
                Held => HoldReason is null ? "held" : $"held ({HoldReason})",
                _ => string.Create(CultureInfo.InvariantCulture, $"in state {Status}"),
            };
            return string.Create(CultureInfo.InvariantCulture, $"cluster {Cluster}{(Owner is null ? "" : $" of {Owner}")}, {state}");
        }
    }

    /// <summary>The attributes that are requested.</summary>
    internal static IReadOnlyList<string> Attributes { get; } =
    [
        "ClusterId",
        "ProcId",
        "JobStatus",
        "DAGNodeName",
        "pegasus_root_wf_uuid",
        "pegasus_wf_uuid",
        "Owner",
        "HoldReason",
        "HoldReasonCode",
        "HoldReasonSubCode",
        "ResidentSetSize",
        "DiskUsage",
    ];

    /// <summary>Reads the output of <c>condor_q -json</c>; an empty queue prints nothing at all.</summary>
    /// <exception cref="JsonException">The output has another form. If one job cannot be read, the whole answer is unknown: no job may be
    /// missed.</exception>
    public static IReadOnlyList<QueueJob> Parse(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("not a list of jobs");
        }

        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static QueueJob Read(JsonElement job)
    {
        // An attribute can be an expression, which is printed as a string: then it has no value.
        long? Number(string name) =>
            job.ValueKind == JsonValueKind.Object
            && job.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var number)
                ? (long)number
                : null;
        int? Small(string name) => Number(name) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : null;
        string? Text(string name) =>
            job.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return new QueueJob(Needed("ClusterId"), Small("ProcId") ?? 0, Needed("JobStatus"))
        {
            Node = Text("DAGNodeName"),
            Owner = Text("Owner"),
            RootId = Text("pegasus_root_wf_uuid"),
            WorkflowId = Text("pegasus_wf_uuid"),
            HoldReason = Text("HoldReason") is { } reason ? UntrustedText.Shown(reason) : null,
            HoldCode = Small("HoldReasonCode"),
            HoldSubcode = Small("HoldReasonSubCode"),
            MemoryMb = (Number("ResidentSetSize") + 1023) / 1024,
            DiskKb = Number("DiskUsage"),
        };

        int Needed(string name) => Small(name) ?? throw new JsonException($"a job without {name}");
    }
}
