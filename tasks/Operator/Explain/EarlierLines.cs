using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Workflows;

namespace Outsource.Operator.Explain;

/// <summary>The lines of a workflow's ledger for runs that are asked for again.</summary>
/// <param name="Workflow">Its name.</param>
/// <param name="Lines">Run and type → line.</param>
public sealed record EarlierLines(string Workflow, ImmutableDictionary<(int Run, string Type), LedgerLine> Lines)
{
    /// <summary>Reads them; null if there is no ledger.</summary>
    public static EarlierLines? Read(IFileSystem disk, WorkflowOnDisk workflow, ImmutableSortedSet<int> runs)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(workflow);
        var path = Path.Combine(workflow.Folder, LedgerFile.FileName);
        return disk.File.Exists(path)
            ? new EarlierLines(
                workflow.Name,
                new LedgerView(disk, workflow.Folder)
                    .Read()
                    .Where(l => l.Run is { } run && runs.Contains(run))
                    .ToImmutableDictionary(l => (l.Run!.Value, l.Type))
            )
            : null;
    }

    /// <summary>One line for each data type with another decision now, or one line if there is none.</summary>
    public IEnumerable<string> Changes(ExplainedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var number = run.Document.Number!.Value;
        var any = false;
        foreach (var now in run.Types.Select(t => t.Line))
        {
            var then = Lines.GetValueOrDefault((number, now.Type));
            if (then is null || then.Verdict.Reason != now.Verdict.Reason)
            {
                any = true;
                yield return $"  {now.Type}: "
                    + $"{(then is null ? "was not considered" : $"was {Spelled(then)} ({then.Verdict.Detail})")} in workflow "
                    + $"{Workflow}, is {Spelled(now)} now";
            }
        }

        if (!any)
        {
            yield return $"  Decided as in workflow {Workflow}.";
        }

        yield return "";
    }

    private static string Spelled(LedgerLine line) => ReasonCodes.Spell(line.Verdict.Reason);
}
