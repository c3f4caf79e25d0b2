using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>Chooses the name of a workflow by what exists on disk, and claims it where something will be written.</summary>
/// <param name="proposed">The name that is asked for.</param>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="invocation">The command line.</param>
/// <param name="names">Names in use.</param>
/// <param name="registry">Owners and states of workflows; null: nobody works on any.</param>
internal sealed class NameChoice(
    WorkflowName proposed,
    HostEnvironment host,
    Invocation invocation,
    NamesInUse names,
    IWorkflowRegistry? registry
)
{
    /// <summary>The name.</summary>
    /// <exception cref="UsageException">It is taken and the target would write.</exception>
    public WorkflowName Choose()
    {
        var writes = WorkflowName.Writes(invocation);
        if (invocation.Options.Reuse)
        {
            return Reused(writes ? registry : null);
        }

        if (!writes)
        {
            return ToPlan();
        }

        if (Stopped() is { } stopped)
        {
            return stopped;
        }

        if (proposed.FromDate)
        {
            return OfDate();
        }

        return registry?.Claim(proposed.Name, names.Command) is { } busy
            ? throw WorkflowClaims.Refusal(proposed.Name, busy)
            : OfTyped();
    }

    /// <summary>The name of the workflow to reuse.</summary>
    /// <param name="writing">Owners and states of workflows; null: nothing will be written.</param>
    private WorkflowName Reused(IWorkflowRegistry? writing)
    {
        var latest =
            proposed.FromDate && proposed.OfBase(host, names.WorkDir) is [.., var last] ? proposed with { Name = last } : proposed;
        if (writing?.Claim(latest.Name, names.Command) is { } owner)
        {
            throw WorkflowClaims.Refusal(latest.Name, owner);
        }

        if (writing is null || names.Taken(latest.Name) is not { } there)
        {
            return latest;
        }

        // A workflow to be planned or started must not have been started already. A command that was stopped finds that out later.
        var resumes = writing.Unfinished(latest.Name) == names.Command;
        return !resumes && writing.StatusOf(latest.Name) is { State: DagState.Running or DagState.Unknown or DagState.Ended } started
            ? Existing(latest, there, started)
            : latest with
            {
                Resumes = resumes,
            };
    }

    /// <summary>The name of a plan. Workflows and plans of other requests stay unchanged.</summary>
    private WorkflowName ToPlan()
    {
        if (!proposed.Typed && proposed.OfBase(host, names.WorkDir).FirstOrDefault(names.IsOurs) is { } again)
        {
            return again == proposed.Name ? proposed : Again(again);
        }

        if (names.Taken(proposed.Name) is null)
        {
            return !proposed.Typed && names.IsOthers(proposed.Name) ? Beside(names.NextFree(proposed.Name)) : proposed;
        }

        var free = names.NextFree(proposed.Name);
        return proposed with
        {
            Name = free,
            Note = proposed.FromDate
                ? $"workflow '{proposed.Name}' exists already; this one is '{free}'."
                : $"workflow '{proposed.Name}' exists already and stays unchanged; the artifacts of this run go to '{free}'.",
        };
    }

    /// <summary>A typed name, or that of the only run. What was only written gives it up.</summary>
    private WorkflowName OfTyped()
    {
        if (names.Taken(proposed.Name) is not { } place)
        {
            return proposed;
        }

        var status = registry?.StatusOf(proposed.Name);
        return !invocation.Replaces && status is { State: DagState.Unplanned } && names.OnlyWrittenAt(proposed.Name) is { } at
            ? proposed with { OverWritten = at }
            : Existing(proposed, place, status);
    }

    /// <summary>The name of a workflow to be written, counted on from the date or the time.</summary>
    private WorkflowName OfDate()
    {
        // A name that another command is creating counts as taken, but the same command must not run twice. The plan of the same options
        // comes first; plans of other options are not overwritten.
        var own = proposed.OfBase(host, names.WorkDir).FirstOrDefault(names.IsOurs);
        var isFree = names.Taken(proposed.Name) is null && !names.IsOthers(proposed.Name);
        var first = own ?? (isFree ? proposed.Name : names.NextFree(proposed.Name));
        for (var next = first; ; next = names.NextFree(proposed.Name, next == own ? null : next))
        {
            var owner = registry?.Claim(next, names.Command);
            if (owner is { Command: { } other } && other == names.Command)
            {
                throw WorkflowClaims.Refusal(next, owner);
            }

            if (owner is null && names.Taken(next) is null)
            {
                return next == proposed.Name ? proposed
                    : names.Taken(proposed.Name) is null ? (names.IsOthers(proposed.Name) ? Beside(next) : Again(next))
                    : proposed with { Name = next, Note = $"workflow '{proposed.Name}' exists already; this one is '{next}'." };
            }
        }
    }

    /// <summary>The name of the plan of the same options.</summary>
    private WorkflowName Again(string name) =>
        proposed with
        {
            Name = name,
            Note = $"plan '{name}' has the same options; it is made again.",
        };

    /// <summary>Another name, if the plan of other options has the proposed one.</summary>
    private WorkflowName Beside(string name) =>
        proposed with
        {
            Name = name,
            Note = $"plan '{proposed.Name}' was made with other options or settings and stays unchanged; this one is '{name}'.",
        };

    /// <summary>Handles an existing workflow that was named explicitly.</summary>
    private WorkflowName Existing(WorkflowName named, string place, DagStatus? status)
    {
        if (status is { MayRun: true })
        {
            throw new UsageException(
                $"workflow '{named.Name}' refused: {status.Description}. Check it with --target=Status --name={named.Name}, or choose "
                    + $"another name with --name=NAME.{status.WayOn(named.Name)}"
            );
        }

        if (invocation.Replaces)
        {
            return named;
        }

        var words = status is null or { State: DagState.Unplanned } ? "" : $"; {status.Description}";
        var remedy = status is null or { State: DagState.Ended } ? "" : ", --reuse to continue it";
        throw new UsageException(
            $"workflow '{named.Name}' exists already ({place}{words}).{status?.WayOn(named.Name)} Choose another name with "
                + $"--name=NAME{remedy}, or pass --replace to replace it."
        );
    }

    /// <summary>
    /// The workflow on which the very same command was stopped, or null. All names made from the date are searched: the day may have
    /// changed since.
    /// </summary>
    private WorkflowName? Stopped()
    {
        if (registry is null)
        {
            return null;
        }

        var candidates = proposed.FromDate
            ? WorkflowName.Timed(WorkflowName.Existing(host, names.WorkDir)).Select(t => t.Name).Reverse().Take(50)
            : [proposed.Name];
        foreach (var name in candidates.Where(n => names.Taken(n) is not null && registry.Unfinished(n) == names.Command))
        {
            if (registry.Claim(name, names.Command) is { } owner)
            {
                throw WorkflowClaims.Refusal(name, owner);
            }

            // It may have finished while we waited for it.
            if (registry.Unfinished(name) == names.Command)
            {
                var ended = registry.HasFailed(name) ? "failed" : "was stopped";
                return proposed with
                {
                    Name = name,
                    Resumes = true,
                    Note = $"the same command {ended} before it finished workflow '{name}': continuing it.",
                };
            }
        }

        return null;
    }
}
