using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm;

/// <summary>
/// Writes batch scripts. A script is whole: nothing that it needs is temporary, so a job that Slurm puts back into the queue after a node
/// has failed runs again as the first time (T21). Each job runs in a folder of its own; what it makes gets its place by a rename, and its
/// end mark is the last thing that it writes.
/// </summary>
/// <param name="plan">What all scripts have in common.</param>
public sealed partial class BatchScript(JobSurroundings plan)
{
    /// <summary>Seconds before the time limit at which the payload is told to end, so that the end mark can be written.</summary>
    public const int Grace = 120;

    private static readonly string[] ThreadVariables =
    [
        "BLIS_NUM_THREADS",
        "GOTO_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NPROC",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "TF_NUM_INTRAOP_THREADS",
    ];

    private readonly string _container = ContainerOf(plan);

    /// <summary>The script of a job.</summary>
    /// <exception cref="UsageException">A folder has a name that Slurm would read otherwise.</exception>
    public string Of(BatchJob batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var text = new StringBuilder("#!/bin/bash\n");
        foreach (var (key, value) in Directives(batch.Job).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            _ = text.Append("#SBATCH --").Append(key).Append(value is null ? "" : $"={Word(value)}").Append('\n');
        }

        AddFacts(text.Append('\n'), batch);
        _ = text.Append(Functions).Append(_container);
        AddWork(text, batch);
        return text.ToString();
    }

    /// <summary>A time limit in Slurm's form, rounded up to minutes: <c>1-12:00:00</c>.</summary>
    public static string TimeOf(double hours)
    {
        var time = TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(hours * 60 - 1e-6)));
        return string.Create(CultureInfo.InvariantCulture, $"{time.Days}-{time.Hours:D2}:{time.Minutes:D2}:00");
    }

    private IEnumerable<KeyValuePair<string, string?>> Directives(SlurmPlanJob job)
    {
        KeyValuePair<string, string?> Of(string key, string? value) => new(key, value);
        var (choice, first) = (plan.Choice, job.At(0));
        foreach (
            var (key, value) in new[]
            {
                ("account", choice.Account),
                ("partition", choice.Partition),
                ("qos", choice.Qos),
                ("exclude", choice.Excluded.IsEmpty ? null : string.Join(',', choice.Excluded)),
            }
        )
        {
            if (value is { Length: > 0 })
            {
                yield return Of(key, value);
            }
        }

        yield return Of("chdir", plan.Folder.Path);
        yield return Of("comment", Programs.SlurmJob.CommentOf(plan.Workflow, job.Name));
        yield return Of("cpus-per-task", job.Cores.ToString(CultureInfo.InvariantCulture));
        yield return Of("job-name", job.Name);
        yield return Of("kill-on-invalid-dep", "yes");
        yield return Of("mem", $"{first.MemoryMb.ToString(CultureInfo.InvariantCulture)}M");
        yield return Of("open-mode", "append");
        yield return Of("output", job.Log);
        yield return Of("requeue", null);
        yield return Of("signal", $"B:TERM@{Grace}");
        yield return Of("time", TimeOf(first.Hours));
    }

    /// <summary>Slurm reads a directive as words of a shell, and some marks in names of files.</summary>
    private static string Word(string value) =>
        Plain().IsMatch(value)
            ? value
            : throw new UsageException(
                $"'{UntrustedText.Shown(value)}' cannot stand in a batch script: allowed are letters, digits and "
                    + "_ . , : / + @ = - [ ]. Choose another work_dir, or correct the rcc_ keys."
            );

    private void AddFacts(StringBuilder text, BatchJob batch)
    {
        var job = batch.Job;
        void Set(string name, string value) => text.Append(name).Append('=').Append(Quote(value)).Append('\n');
        _ = text.Append("set -u\numask 077\n");
        Set("job", job.Name);
        Set("base", plan.Folder.Path);
        Set("outputs", plan.Outputs);
        Set("plan", job.Digest);
        Set("overhead", plan.Choice.MemoryOverhead.ToString(CultureInfo.InvariantCulture));
        Set("memory", job.At(0).MemoryMb.ToString(CultureInfo.InvariantCulture));
        Set("cores", job.Cores.ToString(CultureInfo.InvariantCulture));
        _ = text.Append("attempt=${1:-0}\n\n# Variables of the operator's shell are not those of a job.\n")
            .Append("unset CUTAX_LOCATION PYTHONPATH PYTHONHOME X509_CERT_DIR http_proxy\n");
        foreach (var (name, value) in VariablesOf(batch))
        {
            if (!VariableName().IsMatch(name))
            {
                throw new UsageException($"'{UntrustedText.Shown(name)}' is no name of an environment variable. Correct site_profile.");
            }

            _ = text.Append("export ").Append(name).Append('=').Append(Quote(value)).Append('\n');
        }

        _ = text.Append('\n');
    }

    /// <summary>The site's, then thread limits, then the job's own; the last one of a name counts. No library may start a thread for each
    /// core of the node (T20).</summary>
    private IEnumerable<KeyValuePair<string, string>> VariablesOf(BatchJob batch)
    {
        var cores = batch.Job.Cores.ToString(CultureInfo.InvariantCulture);
        return plan
            .Environment.Concat(ThreadVariables.Select(v => KeyValuePair.Create(v, cores)))
            .Append(KeyValuePair.Create("TF_ENABLE_ONEDNN_OPTS", "0"))
            .Append(KeyValuePair.Create("XLA_FLAGS", $"--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads={cores}"))
            .Concat(batch.Environment)
            .GroupBy(v => v.Key, StringComparer.Ordinal)
            .Select(g => g.Last())
            .OrderBy(v => v.Key, StringComparer.Ordinal);
    }

    private static string ContainerOf(JobSurroundings plan)
    {
        var choice = plan.Choice;
        if (choice.Image is null)
        {
            return "within=()\n";
        }

        var text = new StringBuilder();
        if (choice.Module is { Length: > 0 } module)
        {
            _ = text.Append(module).Append(" || echo 'the module could not be loaded' >&2\n");
        }

        _ = text.Append(
            choice.Container == "auto"
                ? "if command -v apptainer > /dev/null; then container=apptainer; else container=singularity; fi\n"
                : $"container={Quote(choice.Container)}\n"
        );
        _ = text.Append("within=(\"$container\" exec");
        foreach (var bind in plan.OwnBinds.Concat(choice.Binds).Distinct(StringComparer.Ordinal))
        {
            _ = text.Append(" --bind ").Append(Quote(bind));
        }

        return text.Append(" --pwd \"$work\" ").Append(Quote(choice.Image)).Append(")\n").ToString();
    }

    private static void AddWork(StringBuilder text, BatchJob batch)
    {
        var job = batch.Job;
        _ = text.Append("\nbegin\n");
        foreach (var (name, path) in batch.Files)
        {
            _ = text.Append("give ").Append(Quote(name)).Append(' ').Append(Quote(path)).Append('\n');
        }

        foreach (var name in batch.Data)
        {
            _ = text.Append("read_data ").Append(Quote(name)).Append('\n');
        }

        _ = text.Append("give process.sh ").Append(Quote(batch.Program)).Append("\n\nrun bash ./process.sh");
        foreach (var word in job.Arguments)
        {
            _ = text.Append(" \\\n    ").Append(Quote(word));
        }

        _ = text.Append("\n\n");
        foreach (var output in job.Outputs.Where(o => IsLog(o.Name)))
        {
            _ = text.Append("keep_log ").Append(Quote(output.Name)).Append('\n');
        }

        foreach (var output in job.Outputs.Where(o => !IsLog(o.Name)))
        {
            if (batch.Unpack is { } unpack)
            {
                _ = text.Append("unpack ")
                    .Append(Quote(output.Name))
                    .Append(' ')
                    .Append(Quote(unpack))
                    .Append(CultureInfo.InvariantCulture, $" {job.Run} {(IsPart(job) ? "strax_data_rcc_per_chunk" : "strax_data_rcc")}\n");
            }

            if (batch is { IsRead: true, Unpack: not null } && IsPart(job))
            {
                _ = text.Append("hand_folders ").Append(Quote(output.Name)).Append('\n');
            }
            else if (batch.IsRead || batch.Unpack is null)
            {
                _ = text.Append("hand_over ").Append(Quote(output.Name)).Append('\n');
            }

            if (output.StageOut && batch.Unpack is null)
            {
                _ = text.Append("bring_out ").Append(Quote(output.Name)).Append('\n');
            }
        }

        _ = text.Append("finish\n");
    }

    private static bool IsPart(SlurmPlanJob job) => job.Level == "lower";

    private static bool IsLog(string name) => name.EndsWith(".log", StringComparison.Ordinal);

    private static string Quote(string word) => ShellText.Quote(word);

    [GeneratedRegex(@"\A[A-Za-z0-9_.,:/+@=\[\]-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
