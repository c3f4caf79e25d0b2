using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Operator.Desk;
using Outsource.Workflows.State;

namespace Outsource.Operator.Resubmit;

/// <summary>One change of a job's submit file.</summary>
/// <param name="Node">The DAG node.</param>
/// <param name="File">Its submit file. Absolute.</param>
/// <param name="Key">The changed key.</param>
/// <param name="Before">The value now, or null.</param>
/// <param name="After">The value to be.</param>
public sealed record Change(string Node, string File, string Key, string? Before, string After);

/// <summary>
/// How a workflow continues: what is still to do, which submit files change, and which nodes are skipped. DAGMan has no option for "not
/// these". So a skipped node gets a PRE script that fails: the node fails without being tried, and the next rescue file lists it as not
/// done, which is correct.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="submit">The submit directory.</param>
/// <param name="status">Its status.</param>
/// <param name="options">The options.</param>
public sealed class Rescue(IFileSystem disk, SubmitDirectory submit, WorkflowStatus status, ResubmitOptions options)
{
    private const string No = "/bin/false";

    /// <summary>Nodes that are not done.</summary>
    public ImmutableArray<NodeStatus> Open { get; } = [.. status.Nodes.Where(n => n.State != NodeState.Done)];

    /// <summary>Our jobs that will be tried.</summary>
    public ImmutableArray<NodeStatus> Tried => [.. Open.Where(n => n.Name.Ours && options.Tries(n))];

    /// <summary>Of those, the ones that failed or were removed from the queue.</summary>
    public ImmutableArray<NodeStatus> Failed => [.. Tried.Where(n => n.State == NodeState.Failed || n.RemovalReason is not null)];

    /// <summary>Nodes of other runs or causes that could start: these are skipped. Nodes after them wait anyway.</summary>
    public ImmutableArray<NodeStatus> LeftAlone
    {
        get
        {
            if (options.TriesAll)
            {
                return [];
            }

            // A parent may become done meanwhile, so every open job of the other runs is skipped, not only those that could start now.
            return [.. Open.Where(n => n.Name.Ours && !options.Tries(n))];
        }
    }

    /// <summary>
    /// The changes of submit files: memory of jobs that failed (of all open jobs of the runs in --only), sites of all that are tried.
    /// </summary>
    public ImmutableArray<Change> Changes()
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (var node in Tried.Where(n => !IsUnplanned(n)))
        {
            var file = submit.In(node.Node.SubmitFile);
            var text = BoundedText.ReadAll(disk, file);
            void Add(string key, string? before, string after)
            {
                if (before != after)
                {
                    changes.Add(new Change(node.Node.Name, file, key, before, after));
                }
            }

            foreach (var (key, factor) in new[] { ("request_memory", options.MemoryFactor), ("request_disk", options.DiskFactor) })
            {
                if (factor is { } times && options.Multiplies(node) && SubmitFileEdit.ValueOf(text, key) is { } asked)
                {
                    Add(key, asked, SubmitFileEdit.Memory(asked, times));
                }
            }

            if (!options.ExcludeSites.IsEmpty && options.Treated?.Contains(node.Node.Name) != false)
            {
                var requirements = SubmitFileEdit.ValueOf(text, "requirements");
                Add("requirements", requirements, SubmitFileEdit.Requirements(requirements, options.ExcludeSites));
            }
        }

        return changes.DrainToImmutable();
    }

    /// <summary>Jobs that will be tried, of parts that are not planned yet: they have no submit file.</summary>
    public ImmutableArray<NodeStatus> Unplanned => [.. Tried.Where(IsUnplanned)];

    /// <summary>What the options change of those, for people.</summary>
    public string ForUnplanned =>
        string.Join(
            " and ",
            new[]
            {
                Multiplied(options.MemoryFactor, "memory"),
                Multiplied(options.DiskFactor, "disk"),
                options.ExcludeSites.IsEmpty ? null : $"requirements without {string.Join(", ", options.ExcludeSites)}",
            }.OfType<string>()
        );

    /// <summary>
    /// Whether the options change what jobs ask for that were never tried: sites are excluded for all, more is asked for where runs are
    /// named. With <c>--cause</c> only jobs change that failed.
    /// </summary>
    public bool ChangesJobs => options.Treated is null && (!options.ExcludeSites.IsEmpty || MultipliesUntried);

    private bool MultipliesUntried =>
        options is { Treated: null, Only: not null } && (options.MemoryFactor is not null || options.DiskFactor is not null);

    private bool ReachesUnplanned => ChangesJobs && !Unplanned.IsEmpty;

    private bool MultipliesUnplanned => MultipliesUntried && !Unplanned.IsEmpty;

    private string? Multiplied(decimal? factor, string what) =>
        factor is { } times && MultipliesUntried ? string.Create(CultureInfo.InvariantCulture, $"{times} times the {what}") : null;

    private static bool IsUnplanned(NodeStatus node) => node.Node.SubmitFile == DagNode.NoFile;

    /// <summary>Options without an effect, as the operator would type them.</summary>
    /// <param name="changes">The result of <see cref="Changes"/>.</param>
    public IEnumerable<string> WithoutEffect(IReadOnlyCollection<Change> changes)
    {
        if (options.MemoryFactor is { } factor && changes.All(c => c.Key != "request_memory") && !MultipliesUnplanned)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--memory-factor={factor}");
        }

        if (options.DiskFactor is { } disk && changes.All(c => c.Key != "request_disk") && !MultipliesUnplanned)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--disk-factor={disk}");
        }

        if (!options.ExcludeSites.IsEmpty && changes.All(c => c.Key != "requirements") && !ReachesUnplanned)
        {
            yield return $"--exclude-site={string.Join(',', options.ExcludeSites)}";
        }
    }

    /// <summary>Makes the changes, and notes them for parts that are not planned yet. Each file is replaced as a whole.</summary>
    public void Apply(IEnumerable<Change> changes)
    {
        if (ChangesJobs && status.Parts.Any(p => !p.Place.Directory.IsPlannedPart))
        {
            new PartChanges(disk, submit).Add(options);
        }

        foreach (var file in changes.GroupBy(c => c.File))
        {
            var text = BoundedText.ReadAll(disk, file.Key);
            foreach (var change in file)
            {
                text = SubmitFileEdit.With(text, change.Key, change.After);
            }

            AtomicFile.WriteText(disk, file.Key, text);
        }

        MarkLeftAlone();
    }

    /// <summary>The DAGs without the nodes that an earlier Resubmit skipped, and with those of this one.</summary>
    private void MarkLeftAlone()
    {
        var alone = LeftAlone.Where(n => !IsUnplanned(n)).ToLookup(n => submit.Of(n.Node).Path, StringComparer.Ordinal);
        foreach (var directory in submit.WithParts())
        {
            MarkLeftAlone(directory, [.. alone[directory.Path]]);
        }

        foreach (var part in status.Parts)
        {
            disk.File.Delete(submit.In(part.Place.FailureNote));
        }

        // What plans a part reads it: one without these runs is skipped whole.
        var only = submit.In(SubmitDirectory.OnlyRuns);
        if (options.Only is { } runs && !status.Parts.IsEmpty)
        {
            AtomicFile.WriteText(disk, only, string.Concat(runs.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}\n"))));
        }
        else
        {
            disk.File.Delete(only);
        }
    }

    private void MarkLeftAlone(SubmitDirectory directory, ImmutableArray<NodeStatus> alone)
    {
        var lines = BoundedText.Statements(disk, directory.Dag).ToList();
        var marked = lines.IndexOf(DagFile.LeaveAloneMark);
        if (marked < 0 && alone.IsEmpty)
        {
            return;
        }

        if (marked >= 0)
        {
            var end = lines.IndexOf(DagFile.LeaveAloneEnd, marked);
            if (end < 0)
            {
                throw new OutsourceException(
                    $"'{directory.Dag}' has a line '{DagFile.LeaveAloneMark}' without its end: remove that part by hand."
                );
            }

            lines.RemoveRange(marked, end - marked + 1);
        }

        if (!alone.IsEmpty)
        {
            lines.Add(DagFile.LeaveAloneMark);
            foreach (var node in alone)
            {
                var name = WorkflowPartPlace.NameWithin(node.Node);
                lines.Add($"SCRIPT PRE {name} {No}");
                lines.Add($"RETRY {name} 0");
            }

            lines.Add(DagFile.LeaveAloneEnd);
        }

        AtomicFile.WriteText(disk, directory.Dag, string.Join('\n', lines) + "\n");
    }
}
