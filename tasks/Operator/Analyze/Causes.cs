using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;

namespace Outsource.Operator.Analyze;

/// <summary>Why a job failed or is held.</summary>
/// <param name="Title">The kind of failure; the same for all of the kind.</param>
/// <param name="Description">The message of this case, or null.</param>
public sealed record Cause(string Title, string? Description);

/// <summary>Finds the cause.</summary>
public static class Causes
{
    /// <summary>The cause, from the state of the node and the files of its last attempt.</summary>
    public static Cause Of(NodeStatus node, JobRecord? record)
    {
        if (node.State == NodeState.Held)
        {
            return Hold(node, record);
        }

        if (node.RemovalReason is { } removed)
        {
            return Removal(node, removed);
        }

        if (node is { Attempts: 0, ExitCode: null } && record is null)
        {
            return new Cause("was never submitted", $"{SubmitDirectory.DagName}.dagman.out shows why");
        }

        return record?.ExitCode switch
        {
            { } code and not 0 => new Cause(Title(node, code), record.Cause),
            _ when record?.Phase is { } phase => new Cause($"Pegasus: {Phase(phase)}", null),
            _ => Plain(node),
        };
    }

    /// <summary>An exit code of the payload.</summary>
    public static string PayloadTitle(int code) =>
        code >= 0 && PayloadExitCodes.Meanings.TryGetValue(code, out var known)
            ? string.Create(CultureInfo.InvariantCulture, $"exit {code}: {known}")
            : ProgramTitle(code);

    /// <summary>An exit code of another program.</summary>
    public static string ProgramTitle(int code)
    {
        var number = code.ToString(CultureInfo.InvariantCulture);
        return code < 0 ? $"ended by signal {number[1..]}"
            : code > 128 && code < 160 ? string.Create(CultureInfo.InvariantCulture, $"exit {number}: ended by signal {code - 128}")
            : $"exit {number}";
    }

    private static string Title(NodeStatus node, int code) => node.Name.Ours ? PayloadTitle(code) : ProgramTitle(code);

    private static Cause Hold(NodeStatus node, JobRecord? record) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"held{(node.HoldCode is { } code ? $", code {code}" : "")}{(node.HoldSubcode is > 0 and var sub ? $".{sub}" : "")}: "
                    + $"{HoldTitle(node.HoldCode, node.HoldSubcode)}"
                    + $"{(record?.ExitCode is { } ended and not 0 ? $"; its program: {Title(node, ended)}" : "")}"
            ),
            node.HoldReason
        );

    private static Cause Removal(NodeStatus node, string removed) =>
        node.HoldReason is { } held
            ? new Cause(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"held{(node.HoldCode is { } code ? $", code {code}" : "")}, then removed from the queue"
                ),
                held
            )
            : new Cause("removed from the queue", removed);

    private static Cause Plain(NodeStatus node) =>
        node.ExitCode switch
        {
            { } code and not 0 => new Cause(Title(node, code), null),
            _ when node.PostCode is { } post and not 0 => new Cause(
                string.Create(CultureInfo.InvariantCulture, $"its job succeeded, but Pegasus' check of it failed (exit {post})"),
                null
            ),
            _ => new Cause("unknown: no log has the cause", null),
        };

    private static string Phase(string phase) =>
        phase switch
        {
            _ when phase.StartsWith("Staging in", StringComparison.Ordinal) => "inputs could not be staged in",
            _ when phase.StartsWith("Staging out", StringComparison.Ordinal) => "outputs could not be staged out",
            _ when phase.StartsWith("Checking file integrity", StringComparison.Ordinal) => "an input has changed (checksum)",
            _ => $"failed while '{phase.ToLowerInvariant()}'",
        };

    /// <summary>
    /// HTCondor's hold codes that occur in practice (HTCondor manual, job attribute HoldReasonCode), and the subcodes of its predefined
    /// policies for machines (HOLD_IF_MEMORY_EXCEEDED and similar).
    /// </summary>
    private static string HoldTitle(int? code, int? subcode) =>
        (code, subcode) switch
        {
            (21, 101) => "the machine's policy: used more cores than requested",
            (21, 102) => "the machine's policy: used more memory than requested",
            (21, 104) => "the machine's policy: used more disk than provided",
            _ => HoldTitle(code),
        };

    private static string HoldTitle(int? code) =>
        code switch
        {
            1 => "by a user",
            3 => "by the job's own policy (periodic_hold)",
            6 or 7 or 8 or 14 or 46 => "could not be started",
            12 => "output could not be transferred back",
            13 => "input could not be transferred",
            15 => "submitted on hold",
            16 => "input is being spooled",
            21 => "the machine's policy (WANT_HOLD)",
            26 => "the schedd's policy",
            34 => "used more memory than requested",
            35 => "the container could not be started",
            _ => "see the message",
        };
}
