using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Logs;

/// <summary>The output of one job of a workflow.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Finds the workflow.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="options">Which job, and how much of it.</param>
public sealed class JobLogs(OutsourceContext context, WorkflowCommands desk, WorkflowOnDisk workflow, LogsOptions options)
{
    /// <summary>Shows it.</summary>
    /// <param name="console">Where to.</param>
    public async Task ShowAsync(IAnsiConsole console)
    {
        var submit = desk.Planned(workflow);
        var node = JobChoice.Of(submit.AllNodes(), workflow.Name, options.Job);
        var (output, screen) = (new JobOutput(context.Disk, submit, node), new OutputScreen(context.Disk, console, options.Lines));
        if (options.Follow)
        {
            var follower = new OutputFollower(context.Request, output, screen, () => EndOf(node.Name));
            await follower.FollowAsync(workflow.Name).ConfigureAwait(false);
            return;
        }

        var tries = output.Tries();
        var number = options.Try ?? (output.HasCurrent || tries.IsEmpty ? (int?)null : tries.Max);
        if (options.Try is { } asked && !tries.Contains(asked))
        {
            throw new UsageException(
                $"job {node.Name} has no output of try {asked}: "
                    + (tries.IsEmpty ? "no try has ended yet." : $"there are the tries {string.Join(", ", tries)}.")
            );
        }

        var unreadable = output.Paths(number).Select(output.Unreadable).OfType<string>().ToList();
        var shown = output.Paths(number).Where(p => output.Unreadable(p) is null).ToList().Where(screen.ShowFile).Count();
        if (unreadable.Count > 0)
        {
            throw new OutsourceException(string.Join(' ', unreadable));
        }

        if (shown == 0)
        {
            throw new NothingToDoException(Nothing(node.Name, number, output));
        }

        context.Messages.Note(Summary(number, tries.Count, output));
    }

    private static string Summary(int? number, int tries, JobOutput output) =>
        number is { } one
            ? $"This is try {one} of job {output.Job}; {Counted.Of(tries, "try", "tries")} left output (--try=N shows another)."
            : $"This is the try of job {output.Job} that has not ended yet; --follow shows what comes.";

    private string Nothing(string job, int? number, JobOutput output) =>
        number is { } one
            ? $"job {job} printed nothing in try {one}: '{output.Paths(one)[0]}' holds none of its output."
            : $"job {job} has left no output yet (it is {StateNames.Spell(StateOf(job).Node)}): --follow waits for it.";

    /// <summary>The state of a job that has ended; null: it has not.</summary>
    private string? EndOf(string job)
    {
        var (node, workflowEnded) = StateOf(job);
        return node is NodeState.Done or NodeState.Failed or NodeState.Futile || workflowEnded ? StateNames.Spell(node) : null;
    }

    /// <summary>From DAGMan's files: they know of a job's end before the queue does.</summary>
    private (NodeState Node, bool WorkflowEnded) StateOf(string job)
    {
        var status = desk.Reader.Read(desk.Workflows.Again(workflow), new QueueAnswer(null, "not asked"), desk.Now);
        return (status.Nodes.FirstOrDefault(n => n.Node.Name == job)?.State ?? NodeState.Unknown, status.Ended);
    }
}
