using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Failures;
using Outsource.Operator.Analyze;
using Outsource.Settings.Keys;
using Outsource.Workflows.State;

namespace Outsource.Operator.Diagnosis;

/// <summary>The jobs that <c>--cause</c>, <c>--leave-out</c> and <c>--treat</c> name.</summary>
/// <param name="context">The run.</param>
/// <param name="submit">The submit directory.</param>
/// <param name="status">The workflow.</param>
public sealed class CauseChoice(OutsourceContext context, SubmitDirectory submit, WorkflowStatus status)
{
    private ImmutableArray<CauseGroup>? _groups;

    /// <summary>The failed and held jobs by cause.</summary>
    /// <exception cref="UsageException">The operator's table of causes is not valid.</exception>
    public ImmutableArray<CauseGroup> Groups => _groups ??= Diagnosed();

    /// <summary>The names of the jobs of some causes; null: none was named.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="named">Names of causes, as typed.</param>
    /// <param name="held">Whether to take the held jobs of a cause, or the others.</param>
    /// <exception cref="UsageException">No such job has one of them.</exception>
    public ImmutableHashSet<string>? Jobs(string option, ImmutableArray<string> named, JobsInQuestion held)
    {
        if (named.IsEmpty)
        {
            return null;
        }

        var groups = Groups.Where(g => g.IsHeld == (held == JobsInQuestion.Held)).ToList();
        var missing = named.Where(n => !groups.Exists(g => g.Name == n)).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            var word = held == JobsInQuestion.Held ? "held" : "failed";
            throw new UsageException([
                .. missing.Select(m => new Fault(
                    $"--{option}={UntrustedText.Brief(m)}: no {word} job of workflow '{status.Name}' has this cause"
                        + (
                            groups.Count == 0
                                ? $", and none is {word}."
                                : $"; the causes of its {word} jobs are {string.Join(", ", groups.Select(g => g.Name))}."
                        )
                        + $" --target=Doctor --name={status.Name} shows them."
                )),
            ]);
        }

        return [.. groups.Where(g => named.Contains(g.Name)).SelectMany(g => g.Jobs).Select(j => j.Node.Node.Name)];
    }

    private ImmutableArray<CauseGroup> Diagnosed()
    {
        var places = new ConfiguredPlaces(context.Request.Host);
        var table = CauseTable.Read(context.Disk, places.TablesFolder(context.Request.Invocation));
        var troubled = JobDiagnosis.Troubled(status);
        return context.Messages.Counting(
            "jobs looked at",
            troubled.Length,
            progress =>
                new JobDiagnosis(new FailureReader(context.Disk, submit), table).Of(troubled, context.Cancellation, progress)
        );
    }
}

/// <summary>Which jobs of a cause a command can act on.</summary>
public enum JobsInQuestion
{
    /// <summary>Those that are held in the queue.</summary>
    Held,

    /// <summary>Those that are not in the queue any more.</summary>
    Ended,
}
