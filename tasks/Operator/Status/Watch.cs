using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Status;

/// <summary>Shows a workflow again and again until it ends: in place on a terminal, elsewhere one report below the other.</summary>
/// <param name="request">The run.</param>
/// <param name="interval">Time between refreshes.</param>
public sealed class Watch(RunRequest request, TimeSpan interval)
{
    /// <summary>Follows it. Ctrl-C stops watching, which is not a failure.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="look">Reads the status.</param>
    public async Task FollowAsync(string name, Func<WorkflowStatus> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        try
        {
            for (var first = true; ; first = false)
            {
                var status = look();
                request.Cancellation.ThrowIfCancellationRequested();
                Show(status, first);
                if (status.Ended || !request.HasReader())
                {
                    return;
                }

                await Task.Delay(interval, request.Cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception stopped)
            when (request.Cancellation.IsCancellationRequested && stopped is OperationCanceledException or OutsourceException)
        {
            request.Messages.Result($"Stopped watching; the workflow continues. --target=Status --name={name} shows it again.");
        }
    }

    private void Show(WorkflowStatus status, bool first)
    {
        void Draw(IAnsiConsole console)
        {
            new StatusReport(status).Draw(console);
            if (request.Redraw is not null && !status.Ended)
            {
                console.Line();
                console.Line(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Next refresh in {interval.TotalSeconds:0} s. Ctrl-C stops watching, not the workflow."
                    )
                );
            }
        }

        if (request.Redraw is { } redraw)
        {
            redraw(Draw);
            return;
        }

        if (!first)
        {
            request.Terminal().Line();
        }

        Draw(request.Terminal());
    }
}
