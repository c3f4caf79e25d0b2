using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Workflows;

namespace Outsource.PegasusRun;

/// <summary>
/// The last look before a workflow is started: none of its runs and data types is made by another workflow. Plans age, and two commands may
/// have planned the same runs; so commands of one work_dir start one after the other, and each sees what the others have started.
/// </summary>
public static class InFlightCheck
{
    /// <summary>Name of the claim that one command has while it starts; no workflow can be called so.</summary>
    private const string Claim = ".starts";

    /// <summary>Longest wait for another command's pegasus-run; it takes seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Looks. From here on to its end this command is the only one that starts something.</summary>
    /// <exception cref="UsageException">Something of it is in flight, or nobody can tell.</exception>
    public static void Check(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (settings, machine) = (context.Loaded.Settings, context.Request.Machine);
        for (
            var waited = TimeSpan.Zero;
            context.Claims.Claim(settings.WorkDir, Claim, null) is { } owner;
            waited += TimeSpan.FromSeconds(1)
        )
        {
            if (waited > Patience)
            {
                throw new OutsourceException(
                    $"another command (process {owner.Process} of {owner.User} on {owner.Host}) has been starting a workflow below "
                        + $"'{settings.WorkDir}' "
                        + $"for {Patience.TotalMinutes:N0} minutes. Look what it does, and try again when it has ended."
                );
            }

            machine.Wait(TimeSpan.FromMilliseconds(200), context.Cancellation);
        }

        if (settings.IncludeInFlight || context.Request.Invocation.Options.IncludeInFlight)
        {
            return;
        }

        var reader = new WorkInFlight(context.Request.Surroundings, context.GridOf(settings), settings.WorkDir);
        var work = reader.Read(settings.Name, context.Outputs.Runs.Header.AskedAt, context.Cancellation);
        if (reader.Unclear is [var unclear, ..])
        {
            throw new UsageException(
                $"workflow '{settings.Name}' is not started: nobody can tell which runs are in {unclear}, and they may be the same. "
                    + "Look at it with --target=List and --target=Status, or pass --include-in-flight to start all the same."
            );
        }

        var twice = work.IsEmpty
            ? []
            : context
                .Outputs.Plan.Groups.Select(g => (g.Run, Detail: work.DetailOf(g.Run, g.Type, g.Hashes)))
                .Where(g => g.Detail is not null)
                .ToImmutableArray();
        if (!twice.IsEmpty)
        {
            throw new UsageException(
                $"workflow '{settings.Name}' is not started: {Counted.Of(twice.Length, "run x data type", "run x data types")} of it "
                    + $"({Counted.Word(twice.Length, "run", "runs")} "
                    + $"{OnlyRuns.Text(twice.Select(t => t.Run).Distinct())}) would be made twice; the first is in flight "
                    + $"{twice[0].Detail}. "
                    + "The same command without --reuse plans what is left, or pass --include-in-flight to make it all the same."
            );
        }
    }
}
