using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;

namespace Outsource.Model.Notices;

/// <summary>Decides what is new about a workflow. Each thing is told once, however often it is looked at.</summary>
public static class NoticeRules
{
    /// <summary>What is new, and what is to be remembered when it was told.</summary>
    /// <param name="now">The workflow.</param>
    /// <param name="before">What was told before; null: nothing.</param>
    /// <param name="wanted">What the operator wants to hear.</param>
    public static (ImmutableArray<Notice> Notices, NoticeMemory Memory) Of(
        WorkflowSight now,
        NoticeMemory? before,
        IReadOnlyCollection<NoticeKind> wanted
    )
    {
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(wanted);
        var memory = new NoticeMemory(now.Starts)
        {
            EndedAs = now.Ended ? now.State : null,
            Failed = now.Failed,
            Held = now.Held,
        };
        if (now.Starts == 0 || (before is null && now.Ended))
        {
            // A workflow that had ended before anybody asked for messages is old news.
            return ([], memory);
        }

        return ([.. New(now, before ?? new NoticeMemory(0)).Where(n => wanted.Contains(n.Kind))], memory);
    }

    private static IEnumerable<Notice> New(WorkflowSight now, NoticeMemory before)
    {
        var again = now.Starts > before.Starts;
        if (again && !now.Ended)
        {
            yield return new Notice(
                NoticeKind.Start,
                $"Workflow {now.Name} was started{(before.Starts > 0 ? " again" : "")}: {Counted.Of(now.Total, "job")}, "
                    + $"{Number(now.Done)} done."
            );
        }

        if (now.Ended && (again || before.EndedAs != now.State))
        {
            yield return new Notice(
                NoticeKind.End,
                $"Workflow {now.Name} has ended: {now.State}, {Number(now.Done)} of {Counted.Of(now.Total, "job")} done"
                    + (now.Succeeded ? "." : $", {Number(now.Failed)} failed. --target=Doctor --name={now.Name} shows why.")
            );
        }

        if (now.Held > (again ? 0 : before.Held))
        {
            yield return new Notice(
                NoticeKind.Holds,
                $"Workflow {now.Name}: {Counted.Of(now.Held, "job")} {Counted.Word((int)Math.Min(now.Held, 2), "is", "are")} held. "
                    + $"--target=Doctor --name={now.Name} shows why."
            );
        }

        if (!now.Ended && now.Failed > (again ? 0 : before.Failed))
        {
            yield return new Notice(
                NoticeKind.Failures,
                $"Workflow {now.Name}: {Counted.Of(now.Failed, "job")} failed, {Number(now.Done)} of {Number(now.Total)} done. "
                    + $"--target=Doctor --name={now.Name} shows why."
            );
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
