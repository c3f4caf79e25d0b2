using System.Globalization;
using Outsource.Engines;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.PegasusRun;

/// <summary>The jobs that run here: a table in place on a terminal, elsewhere a line when something has changed.</summary>
/// <param name="request">The run.</param>
/// <param name="name">The workflow.</param>
public sealed class RunningView(RunRequest request, string name)
{
    /// <summary>Time between lines where nothing is drawn in place.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private DateTimeOffset? _said;
    private RunProgress? _last;

    /// <summary>Shows the progress.</summary>
    public void Show(RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (request.Redraw is { } redraw)
        {
            redraw(console => Draw(console, progress));
            return;
        }

        var now = request.Machine.UtcNow;
        var isNews = _last is null || (progress.Done, progress.Failed, progress.Held) != (_last.Done, _last.Failed, _last.Held);
        if (isNews && (_said is null || now - _said >= Pause))
        {
            (_said, _last) = (now, progress);
            request.Messages.Note(Line(progress));
        }
    }

    /// <summary>The progress in one line.</summary>
    public static string Line(RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var parts = new[]
        {
            (progress.Failed, "failed"),
            (progress.Held, "held"),
            (progress.Running, "running"),
            (progress.Ready, "ready"),
            (progress.Waiting, "waiting for others"),
        };
        return $"{progress.Done} of {Counted.Of(progress.Total, "job")} done"
            + string.Concat(parts.Where(p => p.Item1 > 0).Select(p => FormattableString.Invariant($", {p.Item1:N0} {p.Item2}")))
            + (progress.Left is { TotalSeconds: >= 1 } left ? $"; about {Elapsed.Text(left)} left" : "");
    }

    private void Draw(IAnsiConsole console, RunProgress progress)
    {
        console.Line($"Workflow {name} runs on this machine{(progress.RunnerHeld ? "; it is held, so no new jobs start" : "")}.");
        var table = new ReportTable(new RunningTable());
        table.AddRow(
            name,
            $"{Number(progress.Done)} of {Number(progress.Total)}",
            Number(progress.Running),
            Number(progress.Failed),
            Number(progress.Held),
            Number(progress.Ready),
            Number(progress.Waiting),
            Number(progress.Retried),
            string.Create(CultureInfo.InvariantCulture, $"{progress.CoresInUse} of {progress.Cores}"),
            string.Create(CultureInfo.InvariantCulture, $"{progress.MemoryInUse:N0} of {progress.Memory:N0}"),
            progress.Left is { } left ? Elapsed.Text(left) : "-"
        );
        console.Write(table);
        if (progress is { Held: > 0, Running: 0, Ready: 0 })
        {
            console.Line($"Only held jobs are left: --target=Release --name={name} in another terminal continues them.");
        }

        console.Line("Ctrl-C stops it; what is done stays done.");
    }

    private static string Number(int number) => number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture);
}
