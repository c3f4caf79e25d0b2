using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Slurm;
using Outsource.Foundation.Errors;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>What is in a batch script.</summary>
internal sealed class BatchScriptTests
{
    private static readonly SlurmPlanJob Job = new("lower_tpc_061001-lower_tpc-0000", "061001-lower_tpc-0000", "lower", 61001)
    {
        Cores = 2,
        Attempts = [new SlurmRequest(8933, 4), new SlurmRequest(9519, 4.8)],
        Log = "/w/runs/w1/slurm/jobs/lower_tpc_061001-lower_tpc-0000.out.000",
        Arguments = ["--run", "61001", "--word", "it's"],
        Outputs = [new SlurmOutput("a-0000.tar.gz", false)],
        Digest = "d1",
    };

    [Test]
    public void Should_have_sorted_directives()
    {
        var directives = Script().Split('\n').Where(l => l.StartsWith("#SBATCH", StringComparison.Ordinal)).ToList();

        Assert.That(
            directives,
            Is.EqualTo(
                new[]
                {
                    "#SBATCH --account=pi-lgrandi",
                    "#SBATCH --chdir=/w/runs/w1/slurm",
                    "#SBATCH --comment=outsource:w1:lower_tpc_061001-lower_tpc-0000",
                    "#SBATCH --cpus-per-task=2",
                    "#SBATCH --exclude=midway2-0402,midway2-[0410-0412,0415]",
                    "#SBATCH --job-name=lower_tpc_061001-lower_tpc-0000",
                    "#SBATCH --kill-on-invalid-dep=yes",
                    "#SBATCH --mem=8933M",
                    "#SBATCH --open-mode=append",
                    "#SBATCH --output=/w/runs/w1/slurm/jobs/lower_tpc_061001-lower_tpc-0000.out.000",
                    "#SBATCH --partition=lgrandi",
                    "#SBATCH --qos=lgrandi",
                    "#SBATCH --requeue",
                    "#SBATCH --signal=B:TERM@120",
                    "#SBATCH --time=0-04:00:00",
                }
            )
        );
    }

    /// <summary>T17: the nodes of the configuration do not replace those that the site excludes.</summary>
    [Test]
    public void Should_unite_excluded_nodes_t17() =>
        Assert.That(
            SlurmChoice.United("midway2-[0410-0412,0415], midway2-0402", ["midway2-0402", "midway2-0100"]),
            Is.EqualTo(new[] { "midway2-0100", "midway2-0402", "midway2-[0410-0412,0415]" })
        );

    [Test]
    public void Should_limit_threads_t20()
    {
        var script = Script();

        foreach (var name in new[] { "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "TF_NUM_INTEROP_THREADS" })
        {
            Assert.That(script, Does.Contain($"export {name}=2\n"));
        }

        Assert.That(script, Does.Contain("intra_op_parallelism_threads=2"));
    }

    [Test]
    public void Should_run_the_payload_in_the_container()
    {
        var script = Script();

        Assert.That(script, Does.Contain("module load singularity || echo"));
        Assert.That(script, Does.Contain("if command -v apptainer > /dev/null; then container=apptainer; else container=singularity; fi"));
        Assert.That(script, Does.Contain("within=(\"$container\" exec --bind /w --bind /project2 --pwd \"$work\" /images/xenonnt-2025.07.1.simg)"));
        Assert.That(script, Does.Contain("run bash ./process.sh \\\n    --run \\\n    61001 \\\n    --word \\\n    'it'\\''s'\n"));
    }

    [TestCase("/w/a b")]
    [TestCase("/w/%j")]
    [TestCase("/w/$HOME")]
    public void Should_refuse_a_folder_that_slurm_would_read_otherwise(string folder)
    {
        var plan = new JobSurroundings("w1", new SlurmFolder(folder), "/o", SlurmWorld.Choice);

        Assert.That(() => new BatchScript(plan).Of(new BatchJob(Job, "/p/process.sh", null)), Throws.TypeOf<UsageException>());
    }

    [TestCase(4, "0-04:00:00")]
    [TestCase(72, "3-00:00:00")]
    [TestCase(0.001, "0-00:01:00")]
    [TestCase(4.8, "0-04:48:00")]
    public void Should_write_a_time_limit(double hours, string text) => Assert.That(BatchScript.TimeOf(hours), Is.EqualTo(text));

    [Test]
    [Category(TestFilter.Program)]
    public void Should_be_a_script_that_bash_understands()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Script());
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", file]) { RedirectStandardOutput = true })!;
            Assert.That(bash.FinishWithOutput().ExitCode, Is.Zero);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Script()
    {
        var choice = SlurmWorld.Choice with
        {
            Account = "pi-lgrandi",
            Qos = "lgrandi",
            Excluded = SlurmChoice.United("midway2-[0410-0412,0415]", ["midway2-0402"]),
            Image = "/images/xenonnt-2025.07.1.simg",
            Module = "module load singularity",
            Binds = ["/project2"],
            MemoryOverhead = 6000,
        };
        var plan = new JobSurroundings("w1", new SlurmFolder("/w/runs/w1"), "/w/outputs/w1", choice) { OwnBinds = ["/w"] };
        return new BatchScript(plan).Of(new BatchJob(Job, "/w/payload/process.sh", null));
    }
}
