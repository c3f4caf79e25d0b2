using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Slurm;

/// <summary>Writes the jobs of a plan.</summary>
internal sealed partial class PlanWriter(IFileSystem disk, JobSurroundings plan, WorkflowCatalogs catalogs)
{
    private readonly BatchScript _scripts = new(plan);
    private readonly JobRequests _requests = new(plan.Choice);
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _local = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlurmPlanJob> _firsts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _elsewhere = new(StringComparer.Ordinal);
    private double _longest;

    public SlurmPlanned Planned =>
        new(
            _written.Count,
            _local.Count,
            [.. _firsts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)],
            _longest,
            [.. _elsewhere]
        );

    public void WriteAll(WorkflowYaml source, Stream lines, Stream dag, string? fingerprint, CancellationToken cancel)
    {
        var parents = source.Parents();
        var read = parents.Values.SelectMany(p => p).ToHashSet(StringComparer.Ordinal);
        using var lineText = Text(lines);
        using var dagText = Text(dag);
        lineText.WriteLine(SlurmPlanFile.Head(plan.Workflow, fingerprint));
        dagText.WriteLine("# Slurm runs this workflow; the DAG is for those who read its state.");

        // A job comes after its parents: most files have that order already.
        var waiting = new Dictionary<string, (WorkflowJob Job, HashSet<string> For)>(StringComparer.Ordinal);
        var waited = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var job in source.Jobs())
        {
            cancel.ThrowIfCancellationRequested();
            var before = Before(job, parents);
            if (before.Count > 0)
            {
                waiting[job.Id] = (job, before);
                foreach (var id in before)
                {
                    (waited.TryGetValue(id, out var others) ? others : waited[id] = []).Add(job.Id);
                }

                continue;
            }

            var ready = new Stack<WorkflowJob>([job]);
            while (ready.TryPop(out var next))
            {
                Write(next, parents.GetValueOrDefault(next.Id, []), read.Contains(next.Id), lineText, dagText);
                foreach (var id in waited.Remove(next.Id, out var after) ? after : [])
                {
                    if (waiting[id].For.Remove(next.Id) && waiting[id].For.Count == 0)
                    {
                        ready.Push(waiting[id].Job);
                        _ = waiting.Remove(id);
                    }
                }
            }
        }

        if (waiting.Count > 0)
        {
            throw new OutsourceException(
                $"workflow.yml cannot be planned: job {waiting.First().Key} waits for {waiting.First().Value.For.First()}, which is not "
                    + "in it or waits for this one. Run --target=WriteWorkflow again."
            );
        }

        dagText.Flush();
        lineText.Flush();
        Seal.Close(lines);
    }

    private HashSet<string> Before(WorkflowJob job, IReadOnlyDictionary<string, IReadOnlyList<string>> parents) =>
        parents.TryGetValue(job.Id, out var known)
            ? known.Where(p => !_written.ContainsKey(p) && !_local.Contains(p)).ToHashSet(StringComparer.Ordinal)
            : [];

    private static StreamWriter Text(Stream stream) =>
        new(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };

    private void Write(WorkflowJob source, IReadOnlyList<string> parents, bool isRead, StreamWriter lines, StreamWriter dag)
    {
        if (source.Site == "local")
        {
            _ = _local.Add(source.Id);
            return;
        }

        var name = source.NodeName;
        if (!NodeWord().IsMatch(name) || !source.Inputs.Concat(source.Outputs.Select(o => o.Name)).All(FileWord().IsMatch))
        {
            throw new OutsourceException($"workflow.yml cannot be planned: a name of job '{name}' cannot be that of a file.");
        }

        var job = JobOf(source, name, [.. parents.Where(_written.ContainsKey).Select(p => _written[p])]);
        var line = SlurmPlanFile.LineOf(job);
        job = job with { Digest = SlurmPlanFile.DigestOf(line) };
        lines.WriteLine(line);
        WriteScript(job, _scripts.Of(BatchOf(source, job, isRead)));
        dag.WriteLine($"JOB {name} {SlurmFolder.ScriptName(name)}");
        if (!job.Dependencies.IsEmpty)
        {
            dag.WriteLine($"PARENT {string.Join(' ', job.Dependencies)} CHILD {name}");
        }

        _written[source.Id] = name;
        _longest = Math.Max(_longest, job.Attempts.Max(a => a.Hours));
        if (!_firsts.TryGetValue(job.Level, out var first) || first.At(0).MemoryMb < job.At(0).MemoryMb)
        {
            _firsts[job.Level] = job;
        }
    }

    private SlurmPlanJob JobOf(WorkflowJob source, string name, ImmutableArray<string> dependencies)
    {
        var kind = source.Inputs.Contains(PayloadFiles.Combine) ? "combine" : "process";
        var job = new SlurmPlanJob(name, source.Id, kind, 0)
        {
            Dependencies = dependencies,
            Cores = _requests.CoresOf(source),
            Attempts = _requests.Of(source),
            Log = plan.Folder.Output(name, 0),
            Arguments = source.Arguments,
            Inputs = source.Inputs,
            Outputs = [.. source.Outputs.Select(o => new SlurmOutput(o.Name, o.StageOut))],
        };
        return job with
        {
            Level = job.Argument("--level") ?? kind,
            Run = int.TryParse(job.Argument("--run"), NumberStyles.None, CultureInfo.InvariantCulture, out var run) ? run : 0,
            Group = int.TryParse(source.Id.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? group : null,
        };
    }

    private BatchJob BatchOf(WorkflowJob source, SlurmPlanJob job, bool isRead)
    {
        var program = catalogs.Programs.GetValueOrDefault(source.Name)
            ?? throw new OutsourceException(
                    $"transformations.yml has no program for '{source.Name}'. Run --target=WriteWorkflow again."
                );
        var payload = Path.GetDirectoryName(program)!;
        _elsewhere.UnionWith(job.Inputs.Where(catalogs.Elsewhere.ContainsKey));
        // Data of a plan by level is wanted as folders: a relay counts them as done, whoever made them.
        var unpacks = job.Argument("--level") is not null;
        return new BatchJob(job, program, unpacks ? Path.Combine(payload, PayloadFiles.Unpack) : null)
        {
            Environment = source.Environment,
            Files = [.. job.Inputs.Where(catalogs.Replicas.ContainsKey).Select(i => KeyValuePair.Create(i, catalogs.Replicas[i]))],
            Data = [.. job.Inputs.Where(i => !catalogs.Replicas.ContainsKey(i))],
            IsRead = isRead,
        };
    }

    private void WriteScript(SlurmPlanJob job, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = SlurmPlanner.OwnersOnly;
        }

        using var stream = disk.FileStream.New(plan.Folder.Script(job.Name), options);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.+-]{0,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeWord();

    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileWord();
}
