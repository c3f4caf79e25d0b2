using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Status;

/// <summary>Looks at a workflow again and again until it ends: on a terminal in place, elsewhere one look below the other.</summary>
/// <param name="request">The run.</param>
/// <param name="interval">From one look to the next.</param>
public sealed class Watch(RunRequest request, TimeSpan interval)
{
    /// <summary>Follows it. Ctrl-C ends the watching, which is no failure: nothing was interrupted.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="look">Looks.</param>
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
            request.Messages.Result($"Stopped watching; the workflow goes on by itself. --target=Status --name={name} looks again.");
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
                        $"Next look in {interval.TotalSeconds:0} s. Ctrl-C ends the watching, not the workflow."
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
