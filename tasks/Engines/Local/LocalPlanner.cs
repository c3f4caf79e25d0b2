using System.Globalization;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using Outsource.Engines.Jobs;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>What was planned.</summary>
/// <param name="Uuid">The workflow's id.</param>
/// <param name="Jobs">Its jobs.</param>
public sealed record LocalPlan(string Uuid, int Jobs);

/// <summary>
/// Makes the submit directory of a written workflow, for this machine: DAGMan's input file, a submit description for each job, and the
/// notes. All of it has the form that the readers of DAGMan's files expect.
/// </summary>
/// <param name="disk">The disk.</param>
public sealed class LocalPlanner(IFileSystem disk)
{
    /// <summary>Return value of a node's end if no retry can help.</summary>
    internal const int Final = 95;

    /// <summary>HTCondor's default for jobs that Pegasus plans: what was held for half an hour is removed.</summary>
    private const string Remove = "JobStatus == 5 && (time() - EnteredCurrentStatus) > 1800";

    /// <summary>Plans a workflow. The submit directory is new or empty.</summary>
    /// <param name="order">What to plan.</param>
    /// <param name="planned">Is told the number of jobs planned so far, now and then; or null.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="OutsourceException">The workflow or a catalog is damaged.</exception>
    public LocalPlan Plan(PlanOrder order, IProgress<int>? planned, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        var folder = Path.GetDirectoryName(order.Workflow)!;
        var catalog = new CatalogReader(disk, folder).Read(order.Properties, order.ExecutionSite, order.OutputSite);
        var directory = new LocalDirectory(disk, order.SubmitDirectory);
        const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        OwnedFile.MakeFolderOf(disk, directory.Submit.Dag);
        var made = new Making(disk, directory, order.Workflow, catalog);
        using (var dag = AtomicFile.Create(disk, directory.Submit.Dag))
        {
            using (var text = new StreamWriter(dag.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" })
            {
                text.WriteLine("# The jobs of a workflow, for the local engine.");
                made.Write(text, planned, cancel);
            }

            dag.Commit();
        }

        AtomicFile.WriteText(disk, directory.Supervisor, Supervisor.Script, Ours);
        // Its presence says that planning is done.
        var submit = directory.Submit.In(SubmitDirectory.DagName + ".condor.sub");
        AtomicFile.WriteText(disk, submit, "# The local engine runs this DAG.\nqueue\n");
        var uuid = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture);
        // The notes are last: without them it is not planned.
        AtomicFile.WriteText(disk, directory.Submit.Notes, Notes(uuid, order, catalog));
        return new LocalPlan(uuid, made.Jobs);
    }

    private static string Notes(string uuid, PlanOrder order, Catalog catalog)
    {
        var text = new StringBuilder();
        void Line(string key, string value) => text.Append(key).Append(": ").Append(YamlText.Quote(value)).Append('\n');
        Line("planner", LocalDirectory.Planner);
        Line("wf_uuid", uuid);
        Line("root_wf_uuid", uuid);
        Line("dag", SubmitDirectory.DagName);
        Line("dax", order.Workflow);
        Line("submit_dir", order.SubmitDirectory);
        Line("outputs", catalog.Outputs);
        Line("image", catalog.Image ?? "");
        return text.ToString();
    }

    /// <summary>The work of one call.</summary>
    private sealed class Making(IFileSystem disk, LocalDirectory directory, string workflow, Catalog catalog)
    {
        private const int Often = 500;

        /// <summary>Job of the abstract workflow → its node.</summary>
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

        /// <summary>
        /// File → the node that makes it. The names of a million files would take much memory, so their digests are kept.
        /// </summary>
        private readonly Dictionary<UInt128, int> _makers = [];
        private readonly List<string> _nodes = [];
        private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
        private readonly List<WorkflowJob> _later = [];
        private readonly List<(int Parent, int Child)> _fromFiles = [];

        public int Jobs => _nodes.Count;

        public void Write(StreamWriter dag, IProgress<int>? planned, CancellationToken cancel)
        {
            var linked = new HashSet<(int, int)>();
            new WorkflowReader(disk, workflow).Read(
                job =>
                {
                    cancel.ThrowIfCancellationRequested();
                    Note(job);
                    if (job.Inputs.All(i => _makers.ContainsKey(DigestOf(i)) || catalog.Replicas.ContainsKey(i)))
                    {
                        Write(dag, job);
                    }
                    else
                    {
                        // Whoever makes its input stands behind it.
                        _later.Add(job);
                    }

                    if (Jobs % Often == 0)
                    {
                        planned?.Report(Jobs);
                    }
                },
                entry =>
                {
                    WriteLater(dag);
                    WriteChildren(dag, entry, linked);
                }
            );
            WriteLater(dag);
            WriteFromFiles(dag, linked);
            planned?.Report(Jobs);
        }

        private void WriteLater(StreamWriter dag)
        {
            _later.ForEach(job => Write(dag, job));
            _later.Clear();
        }

        private void Note(WorkflowJob job)
        {
            if (!_ids.TryAdd(job.Id, _nodes.Count))
            {
                throw new DamagedYamlException(workflow, $"two jobs have the id {job.Id}", job.Line);
            }

            foreach (var output in job.Outputs)
            {
                if (!_makers.TryAdd(DigestOf(output.Name), _nodes.Count))
                {
                    throw new DamagedYamlException(workflow, $"two jobs make {output.Name}", job.Line);
                }
            }

            _nodes.Add(job.NodeName);
        }

        private void Write(StreamWriter dag, WorkflowJob job)
        {
            var index = _ids[job.Id];
            var file = LocalDirectory.SubmitFileOf(job.NodeName, index);
            var path = directory.In(file);
            if (_folders.Add(Path.GetDirectoryName(path)!))
            {
                disk.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            disk.File.WriteAllText(path, DescriptionOf(job, index).Text(job.NodeName));
            dag.WriteLine($"JOB {job.NodeName} {file}");
            dag.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SCRIPT POST {job.NodeName} {directory.Supervisor} {Final}"));
            if (catalog.Retries > 0)
            {
                dag.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RETRY {job.NodeName} {catalog.Retries} UNLESS-EXIT {Final}"));
            }
        }

        private SubmitDescription DescriptionOf(WorkflowJob job, int index)
        {
            if (!catalog.Programs.TryGetValue(job.Name, out var program))
            {
                throw new DamagedYamlException(workflow, $"transformations.yml has no program for {job.Name}", job.Line);
            }

            var environment = new Dictionary<string, string>(job.Site == "local" ? catalog.OfHost : catalog.OfPool, StringComparer.Ordinal);
            foreach (var (name, value) in job.Environment)
            {
                environment[name] = value;
            }

            var asked = job.Condor.ToDictionary(c => c.Key, c => c.Value, StringComparer.OrdinalIgnoreCase);
            asked["universe"] = job.Site == "local" ? "local" : "vanilla";
            _ = asked.TryAdd("periodic_remove", Remove);
            return new SubmitDescription
            {
                Executable = program,
                Arguments = job.Arguments,
                Environment = [.. environment.OrderBy(e => e.Key, StringComparer.Ordinal)],
                Inputs = [.. job.Inputs.Select(i => InputOf(job, i, index))],
                Outputs = [.. job.Outputs.Select(o => o.Name)],
                Results = [.. job.Outputs.Where(o => o.StageOut).Select(o => o.Name)],
                Stdout = job.StandardOutput,
                Others = [.. asked],
            };
        }

        private LocalInput InputOf(WorkflowJob job, string name, int index)
        {
            if (_makers.TryGetValue(DigestOf(name), out var maker))
            {
                if (_fromFiles is not [.., var last] || last != (maker, index))
                {
                    _fromFiles.Add((maker, index));
                }

                return new LocalInput(name, "@" + _nodes[maker]);
            }

            return catalog.Replicas.TryGetValue(name, out var path)
                ? new LocalInput(name, path)
                : throw new DamagedYamlException(workflow, $"no job makes {name}, and replicas.yml does not have it", job.Line);
        }

        private void WriteChildren(StreamWriter dag, WorkflowDependency entry, HashSet<(int, int)> linked)
        {
            var parent = IndexOf(entry.Id, entry.Line);
            foreach (var child in entry.Children)
            {
                WriteLink(dag, (parent, IndexOf(child, entry.Line)), linked);
            }
        }

        private void WriteFromFiles(StreamWriter dag, HashSet<(int, int)> linked)
        {
            foreach (var link in _fromFiles)
            {
                WriteLink(dag, link, linked);
            }
        }

        private void WriteLink(StreamWriter dag, (int Parent, int Child) link, HashSet<(int, int)> linked)
        {
            if (link.Parent != link.Child && linked.Add(link))
            {
                dag.WriteLine($"PARENT {_nodes[link.Parent]} CHILD {_nodes[link.Child]}");
            }
        }

        private int IndexOf(string id, int? line) =>
            _ids.TryGetValue(id, out var index) ? index : throw new DamagedYamlException(workflow, $"no job has the id {id}", line);

        private static UInt128 DigestOf(string name)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(name), digest);
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
        }
    }
}
