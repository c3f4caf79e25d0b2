using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Records;

/// <summary>Applies an event of HTCondor's log to the node of its job.</summary>
internal static partial class NodeEvents
{
    /// <summary>Applies one event of the node's job.</summary>
    public static void Apply(NodeStatus node, LogEvent happened)
    {
        switch (happened.Number)
        {
            case 1:
                node.State = NodeState.Running;
                node.ExecutedAt = happened.At;
                break;
            case 4 or 24:
                Leave(node, happened.At, lost: true);
                node.State = NodeState.Idle;
                break;
            case 5:
                ReadEnd(node, happened);
                Judge(node, node.Node.HasPost ? null : node.ExitCode == 0);
                node.State = node.Node.HasPost ? NodeState.Post : Judged(node, node.ExitCode == 0);
                Leave(node, happened.At, lost: node.ExitCode != 0);
                node.EndedAt = happened.At;
                break;
            case 9:
                Leave(node, happened.At, lost: true);
                node.RemovalReason = UntrustedText.Shown(happened.Body.FirstOrDefault(l => l.Length > 0) ?? "removed");
                node.State = node.Node.HasPost ? NodeState.Post : Judged(node, false);
                node.EndedAt = happened.At;
                break;
            case 12:
                Leave(node, happened.At, lost: true);
                ReadHold(node, happened);
                node.State = NodeState.Held;
                break;
            case 13:
                // A later event has another reason.
                Leave(node, happened.At, lost: true);
                (node.HoldReason, node.HoldCode, node.HoldSubcode) = (null, null, null);
                node.State = NodeState.Idle;
                break;
            case 16:
                node.PostCode = CodeIn(happened.Body);
                Judge(node, node.PostCode == 0);
                node.State = Judged(node, node.PostCode == 0);
                node.EndedAt ??= happened.At;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Counts a failed try, when its result is known. A try that was removed from the queue has a result too, but did not fail.
    /// </summary>
    private static void Judge(NodeStatus node, bool? good)
    {
        if (good == false && node.RemovalReason is null)
        {
            node.FailedTries++;
            node.FailedCode = node.ExitCode is { } code and not 0 ? code : node.PostCode;
        }
    }

    /// <summary>
    /// A node that failed is tried again until its retries are used up, or until its last value says that no retry can help.
    /// </summary>
    private static NodeState Judged(NodeStatus node, bool good) =>
        good ? NodeState.Done
        : node.Attempts <= node.Node.Retries && !(node.Node.FinalValue is { } final && (node.PostCode ?? node.ExitCode) == final)
            ? NodeState.Ready
        : NodeState.Failed;

    /// <summary>Clears the results of an earlier try: another one begins.</summary>
    public static void Forget(NodeStatus node)
    {
        (node.ExitCode, node.PostCode, node.HoldReason, node.HoldCode, node.HoldSubcode) = (null, null, null, null, null);
        (node.RemovalReason, node.ExecutedAt, node.EndedAt) = (null, null, null);
    }

    private static void Leave(NodeStatus node, DateTimeOffset at, bool lost)
    {
        if (node.ExecutedAt is { } from && at > from)
        {
            node.Wall += at - from;
            node.Lost += lost ? at - from : TimeSpan.Zero;
        }

        node.ExecutedAt = null;
    }

    private static void ReadHold(NodeStatus node, LogEvent happened)
    {
        node.HoldReason = UntrustedText.Shown(
            happened.Body.FirstOrDefault(l => l.Length > 0 && !HoldCodes().IsMatch(l)) ?? "no reason given"
        );
        if (happened.Body.Select(l => HoldCodes().Match(l)).FirstOrDefault(m => m.Success) is { } codes)
        {
            node.HoldCode = int.Parse(codes.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            node.HoldSubcode = int.Parse(codes.Groups["sub"].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    private static void ReadEnd(NodeStatus node, LogEvent happened)
    {
        node.ExitCode = CodeIn(happened.Body);
        foreach (var line in happened.Body)
        {
            if (line.StartsWith("Memory (MB)", StringComparison.Ordinal))
            {
                node.Memory = UsageIn(line);
            }
            else if (line.StartsWith("Disk (KB)", StringComparison.Ordinal))
            {
                node.Disk = UsageIn(line);
            }
        }
    }

    /// <summary>Columns are usage, request, allocation; usage is blank when the machine did not measure.</summary>
    private static Usage UsageIn(string line)
    {
        var numbers = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => double.TryParse(w, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? (long?)n : null)
            .ToArray();
        return numbers switch
        {
            [var used, var requested, _] => new Usage(used, requested),
            [var requested, _] => new Usage(null, requested),
            _ => new Usage(null, null),
        };
    }

    private static int? CodeIn(IReadOnlyList<string> body)
    {
        var match = body.Select(l => EndCode().Match(l)).FirstOrDefault(m => m.Success);
        return match is null ? null
            : match.Groups["signal"].Success ? -int.Parse(match.Groups["signal"].ValueSpan, CultureInfo.InvariantCulture)
            : int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^Code (?<code>[0-9]{1,9}) Subcode (?<sub>-?[0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HoldCodes();

    [GeneratedRegex(@"\(return value (?<code>-?[0-9]{1,9})\)|\(signal (?<signal>[0-9]{1,3})\)", RegexOptions.CultureInvariant)]
    private static partial Regex EndCode();
}
