using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Records;

/// <summary>Applies an event of HTCondor's log to the node of its job.</summary>
internal static partial class NodeEvents
{
    /// <summary>Applies one event of the node's job.</summary>
    /// <param name="node">The node.</param>
    /// <param name="plan">What the DAG says of it.</param>
    /// <param name="happened">The event.</param>
    /// <param name="reasons">Gets the reasons of holds and removals.</param>
    public static void Apply(ref NodeCourse node, in NodePlan plan, EventReader happened, WordList reasons)
    {
        switch (happened.Number)
        {
            case 1:
                node.State = NodeState.Running;
                node.ExecutedAt = happened.At;
                break;
            case 4 or 24:
                Leave(ref node, happened.At, lost: true);
                node.State = NodeState.Idle;
                break;
            case 5:
                ReadEnd(ref node, happened.Body);
                Judge(ref node, plan.HasPost ? null : node.ExitCode == 0);
                node.State = plan.HasPost ? NodeState.Post : Judged(node, plan, node.ExitCode == 0);
                Leave(ref node, happened.At, lost: node.ExitCode != 0);
                node.EndedAt = happened.At;
                break;
            case 9:
                Leave(ref node, happened.At, lost: true);
                node.RemovalReason = 1 + reasons.Of(UntrustedText.Shown(happened.Lines().Find(l => l.Length > 0) ?? "removed"));
                node.State = plan.HasPost ? NodeState.Post : Judged(node, plan, false);
                node.EndedAt = happened.At;
                break;
            case 12:
                Leave(ref node, happened.At, lost: true);
                ReadHold(ref node, happened.Lines(), reasons);
                node.State = NodeState.Held;
                break;
            case 13:
                // A later event has another reason.
                Leave(ref node, happened.At, lost: true);
                (node.HoldReason, node.HoldCode, node.HoldSubcode) = (0, null, null);
                node.State = NodeState.Idle;
                break;
            case 16:
                node.PostCode = CodeIn(happened.Body);
                Judge(ref node, node.PostCode == 0);
                node.State = Judged(node, plan, node.PostCode == 0);
                node.EndedAt = node.EndedAt == 0 ? happened.At : node.EndedAt;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Counts a failed try, when its result is known. A try that was removed from the queue has a result too, but did not fail.
    /// </summary>
    private static void Judge(ref NodeCourse node, bool? good)
    {
        if (good == false && node.RemovalReason == 0)
        {
            node.FailedTries++;
            node.FailedCode = node.ExitCode is { } code and not 0 ? code : node.PostCode;
        }
    }

    /// <summary>
    /// A node that failed is tried again until its retries are used up, or until its last value says that no retry can help.
    /// </summary>
    private static NodeState Judged(in NodeCourse node, in NodePlan plan, bool good) =>
        good ? NodeState.Done
        : node.Attempts <= plan.Retries && !(plan.FinalValue is { } final && (node.PostCode ?? node.ExitCode) == final) ? NodeState.Ready
        : NodeState.Failed;

    /// <summary>Clears the results of an earlier try: another one begins.</summary>
    public static void Forget(ref NodeCourse node)
    {
        (node.ExitCode, node.PostCode, node.HoldReason, node.HoldCode, node.HoldSubcode) = (null, null, 0, null, null);
        (node.RemovalReason, node.ExecutedAt, node.EndedAt) = (0, 0, 0);
    }

    private static void Leave(ref NodeCourse node, long at, bool lost)
    {
        if (node.ExecutedAt != 0 && at > node.ExecutedAt)
        {
            node.Wall += at - node.ExecutedAt;
            node.Lost += lost ? at - node.ExecutedAt : 0;
        }

        node.ExecutedAt = 0;
    }

    private static void ReadHold(ref NodeCourse node, List<string> body, WordList reasons)
    {
        node.HoldReason =
            1 + reasons.Of(UntrustedText.Shown(body.Find(l => l.Length > 0 && !HoldCodes().IsMatch(l)) ?? "no reason given"));
        if (body.Select(l => HoldCodes().Match(l)).FirstOrDefault(m => m.Success) is { } codes)
        {
            node.HoldCode = int.Parse(codes.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            node.HoldSubcode = int.Parse(codes.Groups["sub"].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    private static void ReadEnd(ref NodeCourse node, ReadOnlySpan<byte> body)
    {
        node.ExitCode = CodeIn(body);
        while (body.Length > 0)
        {
            var end = body.IndexOf((byte)'\n');
            var line = body[..end];
            if (line.StartsWith("Memory (MB)"u8))
            {
                node.Memory = UsageIn(line);
            }
            else if (line.StartsWith("Disk (KB)"u8))
            {
                node.Disk = UsageIn(line);
            }

            body = body[(end + 1)..];
        }
    }

    /// <summary>Columns are usage, request, allocation; usage is blank when the machine did not measure.</summary>
    private static Amount UsageIn(ReadOnlySpan<byte> line)
    {
        var rest = line[(line.IndexOf((byte)':') + 1)..];
        var (words, first, second) = (0, (long?)null, (long?)null);
        for (; ByteText.Word(ref rest) is { Length: > 0 } word; words++)
        {
            if (words < 2)
            {
                var number = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? (long?)n : null;
                (first, second) = words == 0 ? (number, second) : (first, number);
            }
        }

        return words switch
        {
            3 => new Amount(true, first, second),
            2 => new Amount(true, null, first),
            _ => new Amount(true, null, null),
        };
    }

    /// <summary>The first end in the text: <c>(return value 3)</c>, or <c>(signal 9)</c> as -9; null: none.</summary>
    private static int? CodeIn(ReadOnlySpan<byte> body)
    {
        for (; body.IndexOf((byte)'(') is >= 0 and var at; body = body[(at + 1)..])
        {
            var rest = body[(at + 1)..];
            if (rest.StartsWith("return value "u8))
            {
                rest = rest["return value ".Length..];
                var minus = rest.StartsWith("-"u8) ? 1 : 0;
                if (ByteText.Digits(rest[minus..]) is >= 1 and <= 9 and var digits && rest[(minus + digits)..].StartsWith(")"u8))
                {
                    return ByteText.Number(rest.Slice(minus, digits)) * (1 - (2 * minus));
                }
            }
            else if (rest.StartsWith("signal "u8))
            {
                rest = rest["signal ".Length..];
                if (ByteText.Digits(rest) is >= 1 and <= 3 and var digits && rest[digits..].StartsWith(")"u8))
                {
                    return -ByteText.Number(rest[..digits]);
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"^Code (?<code>[0-9]{1,9}) Subcode (?<sub>-?[0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HoldCodes();
}
