using System.IO.Abstractions;
using Outsource.Foundation.Errors;

namespace Outsource.Operator.Logs;

/// <summary>Shows what a job appends to its output, over all its tries, until it ends.</summary>
/// <param name="request">The run.</param>
/// <param name="output">The job's files.</param>
/// <param name="screen">Where to.</param>
/// <param name="ended">Looks where the job stands; null: it has not ended.</param>
public sealed class OutputFollower(RunRequest request, JobOutput output, OutputScreen screen, Func<string?> ended)
{
    /// <summary>The state is found from DAGMan's files, which are longer than a job's output: it is not looked for each time.</summary>
    private const int LooksPerState = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IFileSystem _disk = request.Host.Disk;
    private int _seen = -1;
    private List<OutputTail> _tails = [];

    /// <summary>Follows it. Ctrl-C stops following, which is not a failure.</summary>
    /// <param name="workflow">Name of the workflow.</param>
    public async Task FollowAsync(string workflow)
    {
        try
        {
            Begin();
            for (var look = 0; ; look++)
            {
                // Asked before the reading: what was written before the end is read then.
                var end = look % LooksPerState == 0 ? ended() : null;
                request.Cancellation.ThrowIfCancellationRequested();
                Look(end is not null);
                if (end is not null)
                {
                    request.Messages.Result($"Job {output.Job} has ended: {end}.");
                    return;
                }

                if (!request.HasReader())
                {
                    return;
                }

                await Task.Delay(Pause, request.Cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception stopped)
            when (request.Cancellation.IsCancellationRequested && stopped is OperationCanceledException or OutsourceException)
        {
            request.Messages.Result(
                $"Stopped following; the workflow continues. --target=Logs --name={workflow} --job={output.Job} --follow continues."
            );
        }
    }

    /// <summary>Shows the last lines that there are.</summary>
    private void Begin()
    {
        _seen = output.Tries() is { IsEmpty: false } tries ? tries.Max : -1;
        _tails = Tails(null);
        if (output.HasCurrent)
        {
            foreach (var tail in _tails)
            {
                _ = screen.Show(tail.Read(), tail.Path);
            }
        }
        else if (_seen >= 0)
        {
            foreach (var path in output.Paths(_seen))
            {
                _ = screen.ShowFile(path);
            }
        }
        else
        {
            request.Messages.Note($"Job {output.Job} has no output yet.");
        }
    }

    private void Look(bool last)
    {
        // The try that was followed has its number now, and so have those that came and went meanwhile.
        foreach (var number in output.Tries().Where(n => n > _seen))
        {
            foreach (var (tail, path) in _tails.Zip(output.Paths(number)))
            {
                tail.Path = path;
                screen.ShowNew(tail.ReadToEnd(), path);
            }

            _seen = number;
            _tails = Tails(null);
        }

        foreach (var tail in _tails)
        {
            screen.ShowNew(last ? tail.ReadToEnd() : tail.Read(), tail.Path);
        }
    }

    private List<OutputTail> Tails(int? number) => [.. output.Paths(number).Select(p => new OutputTail(_disk, p))];
}
