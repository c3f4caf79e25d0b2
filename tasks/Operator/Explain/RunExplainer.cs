using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Selection;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Explain;

/// <summary>
/// Explains runs from the artifacts of a workflow: the rules decide again on the saved documents and report each decision. The result must
/// be equal to the ledger's line; otherwise it is an error.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="loaded">The workflow's configuration.</param>
/// <param name="workflow">The workflow.</param>
public sealed class RunExplainer(IFileSystem disk, LoadedConfiguration loaded, WorkflowOnDisk workflow)
{
    private readonly RunsArtifact _runs = RunsArtifact.Open(disk, Needed(disk, workflow, RunsArtifact.FileName, Target.QueryRuns));

    /// <summary>When the run documents were requested, UTC.</summary>
    public DateTimeOffset AskedAt => _runs.Header.AskedAt;

    /// <summary>Their source.</summary>
    public string Source => _runs.Header.Source;

    /// <summary>The path of an artifact that must exist.</summary>
    /// <exception cref="UsageException">It is missing; the message says what makes it.</exception>
    public static string Needed(IFileSystem disk, WorkflowOnDisk workflow, string file, Target stage)
    {
        var path = Path.Combine(workflow.Folder, file);
        return disk.File.Exists(path)
            ? path
            : throw new UsageException(
                $"'{path}' is missing. Stage {stage} makes it: {ProgramCommand.Program} --target={stage} --name={workflow.Name}"
            );
    }

    /// <summary>Explains runs, ascending.</summary>
    /// <exception cref="UsageException">A run was not considered, or the artifacts do not belong together.</exception>
    /// <exception cref="OutsourceException">The rules decide differently from the ledger.</exception>
    public IReadOnlyList<ExplainedRun> Explain(ImmutableSortedSet<int> asked, CancellationToken cancel)
    {
        _ = Needed(disk, workflow, LedgerFile.FileName, Target.FilterModes);
        var ledger = new LedgerView(disk, workflow.Folder);
        if (ledger.ReadHeader().Fingerprint != RunFilter.FingerprintOf(disk, loaded, _runs))
        {
            throw new UsageException(
                $"the ledger of workflow '{workflow.Name}' was not made from its current settings and runs, so it cannot be "
                    + "explained. Make it again with --target=DryRun, under another name."
            );
        }

        var (lines, selected) = LinesOf(ledger, asked, cancel);
        var missing = lines.Where(l => l.Value.Count == 0).Select(l => l.Key).ToList();
        if (missing.Count > 0)
        {
            throw new UnconsideredRuns(disk, loaded.Settings, workflow, AskedAt).Refusal([.. missing.Order()]);
        }

        var newest = RunCap.Of(loaded.Settings, selected);
        var groups = disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName))
            ? JobPlan.Read(disk, workflow.Folder).Groups.Where(g => asked.Contains(g.Run)).ToLookup(g => (g.Run, g.Type))
            : null;
        var (rules, remedies) = (
            loaded.Rules(InFlightWork.Recorded(lines.Values.SelectMany(l => l).Select(l => l.Original(RunRules.Stage)))),
            new Remedies(loaded)
        );
        var explained = new List<ExplainedRun>();
        foreach (var document in _runs.Read(disk).Where(d => d.Number is { } n && asked.Contains(n)))
        {
            cancel.ThrowIfCancellationRequested();
            var run = document.Number!.Value;
            var chain = new DecisionChain();
            var decided = newest.Cut([.. rules.Decide(document, chain)], chain).ToList();
            CheckAgainst(lines[run], decided, run);
            var types = ImmutableArray.CreateBuilder<ExplainedType>();
            foreach (var line in lines[run])
            {
                var jobs = groups?[(run, line.Type)].SingleOrDefault();
                AddChunks(chain, line, jobs);
                types.Add(new ExplainedType(line, [.. chain.Of(line.Type)], jobs, remedies.Of(document, line, newest.PlaceOf(run))));
            }

            explained.Add(new ExplainedRun(workflow.Name, document, [.. chain.OfRun], types.DrainToImmutable()));
        }

        return explained;
    }

    /// <summary>The lines of the requested runs, and all runs that the rules selected before <c>max_daily</c> excluded some.</summary>
    private static (Dictionary<int, List<LedgerLine>> Lines, ImmutableArray<int> Selected) LinesOf(
        LedgerView ledger,
        ImmutableSortedSet<int> asked,
        CancellationToken cancel
    )
    {
        var lines = asked.ToDictionary(run => run, _ => new List<LedgerLine>());
        var selected = new SelectedRuns();
        foreach (var line in ledger.Read())
        {
            cancel.ThrowIfCancellationRequested();
            selected.Add(line);
            if (line.Run is { } run && lines.TryGetValue(run, out var its))
            {
                its.Add(line);
            }
        }

        return (lines, selected.All);
    }

    /// <exception cref="OutsourceException">The rules now decide differently from the ledger.</exception>
    private static void CheckAgainst(List<LedgerLine> lines, List<LedgerLine> decided, int run)
    {
        if (decided.Count != lines.Count)
        {
            throw new OutsourceException(
                $"run {run}: the ledger has {Counted.Of(lines.Count, "line")} of it, the rules make {decided.Count}. The "
                    + "ledger was changed: make it again with --target=DryRun."
            );
        }

        foreach (var (line, again) in lines.Zip(decided))
        {
            if (line.Type != again.Type || line.Original(RunRules.Stage).Verdict != again.Verdict)
            {
                throw new OutsourceException(
                    $"run {run}, {line.Type}: the ledger says {Spelled(line.Verdict)}, the rules say "
                        + $"{again.Type} {Spelled(again.Verdict)}. The ledger is of another version: make it "
                        + "again with --target=DryRun."
                );
            }
        }
    }

    private static string Spelled(Verdict verdict) => $"{ReasonCodes.Spell(verdict.Reason)} ({verdict.Detail})";

    /// <summary>The decisions of PlanChunks, after the rules.</summary>
    private static void AddChunks(DecisionChain chain, LedgerLine line, JobGroup? jobs)
    {
        if (line.Was is not null)
        {
            chain.BeginType(line.Type);
            chain.No(Rule.Chunks, line.Verdict);
        }
        else if (jobs is { Chunked: true })
        {
            chain.BeginType(line.Type);
            var each = jobs.Level is null ? $"{jobs.ChunksPerJob} per job" : $"in jobs that end at chunk {jobs.ChunkStops}";
            chain.Yes(Rule.Chunks, $"{Counted.Of(jobs.Chunks, "chunk")}, {each}");
        }
    }
}
