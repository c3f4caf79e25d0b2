using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;

namespace Outsource.Operator.Resubmit;

/// <summary>Jobs that will request less memory than they were seen to use.</summary>
public static class TooLittleMemory
{
    /// <summary>A warning for each job name.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="submit">The submit directory.</param>
    /// <param name="tried">Jobs that will be tried, with the memory that was seen.</param>
    /// <param name="changes">The changes of their submit files.</param>
    public static IEnumerable<string> Warnings(
        IFileSystem disk,
        SubmitDirectory submit,
        IEnumerable<NodeStatus> tried,
        IEnumerable<Change> changes
    )
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(submit);
        var changed = changes.Where(c => c.Key == "request_memory").ToDictionary(c => c.Node, StringComparer.Ordinal);
        foreach (var family in tried.Where(n => n.Memory?.Used is not null && n.Node.SubmitFile != DagNode.NoFile).GroupBy(n => n.Name.Job))
        {
            var over = family.Select(n => (Node: n, Use: Of(n))).Where(n => n.Use is { New.Over: true }).ToList();
            if (over.Count == 0)
            {
                continue;
            }

            var (now, next) = over.MaxBy(n => n.Use!.Value.New.Seen).Use!.Value;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{family.Key}: {Counted.Of(over.Count, "job")} will request {next.Requested:N0} MB of memory, but used up to "
                    + $"{next.Seen:N0} MB. {Cure(now)}"
            );
        }

        (MemoryUse Now, MemoryUse New)? Of(NodeStatus node)
        {
            var now =
                changed.TryGetValue(node.Node.Name, out var change) ? change.Before
                : SubmitFileEdit.ValueOf(BoundedText.ReadAll(disk, submit.In(node.Node.SubmitFile)), "request_memory");
            return SubmitFileEdit.First(now) is { } request && SubmitFileEdit.First(change?.After ?? now) is { } next
                ? (new MemoryUse(node.Memory!.Used!.Value, request), new MemoryUse(node.Memory.Used.Value, next))
                : null;
        }
    }

    private static string Cure(MemoryUse now) =>
        now.Option is { } option
            ? $"{option} covers it."
            : "Resubmit cannot multiply it so far: plan the workflow again with --set memory.TYPE=MB.";
}
