using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Records;
using Outsource.Engines.Slurm;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Operator.Desk;
using Outsource.Operator.Outputs;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Reconcile;

/// <summary>What a workflow should have made loadable: what its plan stores, for each run.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Reads workflows.</param>
public sealed class WorkflowWorld(OutsourceContext context, WorkflowCommands desk)
{
    /// <summary>The workflow that was named, or the only one.</summary>
    /// <exception cref="UsageException">There is none, or it has no plan.</exception>
    public ReconcileWorld Read()
    {
        var options = context.Request.Invocation.Options;
        var workflow = desk.Chosen();
        if (!context.Disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName)))
        {
            throw new UsageException(
                $"workflow '{workflow.Name}' has no {JobPlan.FileName}, so it is not known what it should have made. --target=PlanChunks "
                    + $"--name={workflow.Name} makes it; --run=RUNS compares runs without a workflow."
            );
        }

        context.Loaded = Loaded(workflow);
        var plan = JobPlan.Read(context.Disk, workflow.Folder);
        var only = OnlyRuns.Read(context.Request.Invocation, plan.Groups.Select(g => g.Run));
        var data = Expected(workflow, plan, only);
        var typed = AuditWorld.Types(options.Types, [.. data.Select(d => d.Type)], $"the plan of workflow '{workflow.Name}'");
        var left = data.Where(d => typed is null || typed.Contains(d.Type)).ToImmutableArray();
        return new ReconcileWorld($"workflow '{workflow.Name}'", workflow.Folder, workflow.WorkDir)
        {
            Workflow = workflow.Name,
            Scope = new RunScope(1, null, [.. left.Select(d => d.Run).Distinct().Order()], [.. left.Select(d => d.Type)]),
            Expect = _ => left,
        };
    }

    /// <summary>The settings of the workflow; where the services are may be said anew.</summary>
    private LoadedConfiguration Loaded(WorkflowOnDisk workflow)
    {
        var invocation = context.Request.Invocation;
        var idle = OptionCatalog
            .Ours.Where(o => o.Plans && o.Name is not ("rundb" or "rucio" or "set") && invocation.Has(o))
            .Select(o => "--" + o.Name)
            .ToList();
        if (idle.Count > 0)
        {
            throw new UsageException(
                $"{string.Join(", ", idle)}: workflow '{workflow.Name}' has settings of its own. Leave {(idle.Count == 1 ? "it" : "them")} "
                    + "out, or name runs with --run or --from to compare them without a workflow. Nothing was compared."
            );
        }

        var recorded = SettingsArtifact.Read(context.Request.Host, Path.Combine(workflow.Folder, SettingsArtifact.FileName));
        return recorded with
        {
            Settings = recorded.Settings with
            {
                RunDb = Typed("rundb") ?? recorded.Settings.RunDb,
                Rucio = Typed("rucio") ?? recorded.Settings.Rucio,
            },
        };
    }

    private SourceChoice? Typed(string option) =>
        context.Request.Invocation.Given.TryGetValue(option, out var values) && values is [.., var text]
            ? SourceChoice.Parse(text) switch
            {
                SourceChoice.Snapshot { Path: var path } => new SourceChoice.Snapshot(context.Request.Host.Absolute(path)),
                { } choice when choice is not SourceChoice.Mongo || option == "rundb" => choice,
                _ => throw new UsageException($"--{option}={UntrustedText.Brief(text)} is not valid: write rest, or file:PATH."),
            }
            : null;

    private ImmutableArray<ExpectedData> Expected(WorkflowOnDisk workflow, JobPlan plan, ImmutableSortedSet<int>? only)
    {
        var status = desk.StatusOf(workflow);
        var places = new OutputPlaces(context.Disk, workflow, plan, status)
            .Read(only)
            .ToDictionary(p => (p.Run, p.Type));
        var folders = new DoneData(context.Disk, workflow.OutputsFolder);
        var settings = context.Loaded.Settings;
        var isMade = new Dictionary<(int, string, string), ExpectedData>();
        foreach (var group in plan.Groups.Where(g => only is null || only.Contains(g.Run)))
        {
            var place = places.GetValueOrDefault((group.Run, group.Type));
            foreach (var (type, hash) in group.Hashes)
            {
                isMade.TryAdd(
                    (group.Run, type, hash),
                    new ExpectedData(group.Run, type, hash)
                    {
                        Asked = group.Level is null ? group.Type : type,
                        Work = WorkOf(place, status),
                        Uploads = settings.Uploads,
                        Rse = Destinations.Of(settings, type),
                        Folder = folders.Product(group.Run, type, hash),
                        Tarball = place?.File is { } file && context.Disk.File.Exists(file) ? file : null,
                        Remark = place is { Nowhere: true } ? "a canary made it, which uploads nothing"
                            : WorkOf(place, status) == WorkState.Failed ? "its jobs did not all succeed"
                            : null,
                    }
                );
            }
        }

        return [.. isMade.Values.OrderBy(d => d.Run).ThenBy(d => d.Type, StringComparer.Ordinal)];
    }

    private static WorkState WorkOf(OutputPlace? place, WorkflowStatus status) =>
        place?.State switch
        {
            null => WorkState.None,
            NodeState.Done => WorkState.Done,
            NodeState.Failed => WorkState.Failed,
            _ => status.Ended ? WorkState.Failed : WorkState.Open,
        };
}
