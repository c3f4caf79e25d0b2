using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Files;

namespace Outsource.Tests.Engines.Jobs;

/// <summary>Jobs are read one at a time, from our workflow.yml and from those of Pegasus' own writer.</summary>
internal sealed class WorkflowYamlTests
{
    private const string Ours = """
        # schema: outsource/workflow/1
        pegasus: "5.0"
        name: xenonnt
        jobs:
          - type: job
            id: "043000-peaklets-0000"
            name: "peaklets"
            arguments: ["--run", "43000", "--word", "it's: a \"word\""]
            uses:
              - {lfn: "process.py", type: input}
              - {lfn: "a.tar.gz", type: output, stageOut: false, registerReplica: true}
              - {lfn: "logs/a.tar.gz.log", type: output, stageOut: true, registerReplica: true}
            profiles:
              env:
                OMP_NUM_THREADS: "1"
              condor:
                request_memory: "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 2, 4)"
          - type: job
            id: "043000-peaklets-combine"
            name: "combine"
            arguments: []
            stdout: "c.log"
            uses:
              - {lfn: "a.tar.gz", type: input}
            profiles:
              selector:
                execution.site: "local"
        jobDependencies:
          - {id: "043000-peaklets-0000", children: ["043000-peaklets-combine"]}

        """;

    /// <summary>As Pegasus' Python API writes it.</summary>
    private const string Theirs = """
        x-pegasus:
          apiLang: python
        pegasus: 5.0.4
        name: xenonnt
        replicaCatalog:
          replicas:
          - lfn: x
            pfns:
            - site: local
              pfn: /x
        jobs:
        - type: job
          name: lower_tpc
          id: ID0000001
          arguments:
          - '53009'
          - xenonnt_online
          uses:
          - lfn: install.sh
            type: input
          - lfn: out.tar.gz
            type: output
            stageOut: false
            registerReplica: false
        - type: job
          name: combine_tpc
          id: ID0000002
          arguments:
          - '53009'
          uses: []
        jobDependencies:
        - id: ID0000001
          children:
          - ID0000002

        """;

    [Test]
    public void Should_read_jobs_if_we_wrote_them()
    {
        var file = Read(Ours);
        var jobs = file.Jobs().ToList();

        Assert.That(jobs.Select(j => j.NodeName), Is.EqualTo(new[] { "peaklets_043000-peaklets-0000", "combine_043000-peaklets-combine" }));
        Assert.That(jobs[0].Arguments, Is.EqualTo(new[] { "--run", "43000", "--word", "it's: a \"word\"" }));
        Assert.That(jobs[0].Inputs, Is.EqualTo(new[] { "process.py" }));
        Assert.That(jobs[0].Outputs, Is.EqualTo(new[] { new JobOutput("a.tar.gz", false), new JobOutput("logs/a.tar.gz.log", true) }));
        Assert.That(jobs[0].Environment, Is.EqualTo(new[] { KeyValuePair.Create("OMP_NUM_THREADS", "1") }));
        Assert.That(jobs[0].Condor["request_memory"], Does.StartWith("ifthenelse("));
        Assert.That((jobs[1].Site, jobs[1].StandardOutput), Is.EqualTo(("local", "c.log")));
        Assert.That(file.Parents()["043000-peaklets-combine"], Is.EqualTo(new[] { "043000-peaklets-0000" }));
    }

    [Test]
    public void Should_read_jobs_if_another_program_wrote_them()
    {
        var file = Read(Theirs);

        Assert.That(file.Jobs().Select(j => j.NodeName), Is.EqualTo(new[] { "lower_tpc_ID0000001", "combine_tpc_ID0000002" }));
        Assert.That(file.Jobs().First().Arguments, Is.EqualTo(new[] { "53009", "xenonnt_online" }));
        Assert.That(file.Parents()["ID0000002"], Is.EqualTo(new[] { "ID0000001" }));
    }

    [Test]
    public void Should_name_the_line_if_a_job_is_damaged()
    {
        var damaged = Ours.Replace("    id: \"043000-peaklets-combine\"\n", "", StringComparison.Ordinal);

        Assert.That(() => Read(damaged).Jobs().ToList(), Throws.TypeOf<DamagedYamlException>().With.Message.Contain("line 18: a job has no id"));
        Assert.That(() => Read("jobs:\n- {a: [}\n").Jobs().ToList(), Throws.TypeOf<DamagedYamlException>().With.Message.Contain("line 2"));
    }

    [TestCase("")]
    [TestCase("jobs: []\njobDependencies: []\n")]
    [TestCase("---\npegasus: 5.0\n")]
    public void Should_have_no_jobs_if_the_file_has_none(string text)
    {
        Assert.That(Read(text).Jobs(), Is.Empty);
        Assert.That(Read(text).Parents(), Is.Empty);
    }

    [Test]
    public void Should_find_files_programs_and_sites_in_the_catalogs()
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/w/replicas.yml",
            "replicas:\n  - lfn: \".dbtoken\"\n    pfns:\n      - {site: local, pfn: \"file:///w/.dbtoken\"}\n"
                + "  - lfn: \"a.tar.gz\"\n    pfns:\n      - {site: staging, pfn: \"gsidavs://host:2880/a.tar.gz\"}\n"
        );
        disk.AddFile(
            "/w/transformations.yml",
            "transformations:\n  - name: \"combine\"\n    sites:\n      - {name: local, pfn: \"file:///w/payload/process.sh\", type: stageable}\n"
        );
        disk.AddFile(
            "/w/sites.yml",
            "sites:\n  - name: condorpool\n    profiles:\n      env:\n        \"A\": \"b\"\n      condor:\n        x509userproxy: \"/p\"\n"
        );
        var found = WorkflowCatalogs.Read(disk, "/w");

        Assert.That(found.Replicas[".dbtoken"], Is.EqualTo("/w/.dbtoken"));
        Assert.That(found.Elsewhere["a.tar.gz"], Is.EqualTo("gsidavs://host:2880/a.tar.gz"));
        Assert.That(found.Programs["combine"], Is.EqualTo("/w/payload/process.sh"));
        Assert.That(found.Sites["condorpool"].Environment, Is.EqualTo(new[] { KeyValuePair.Create("A", "b") }));
        Assert.That(found.Sites["condorpool"].Condor["x509userproxy"], Is.EqualTo("/p"));
    }

    private static WorkflowYaml Read(string text)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/w/workflow.yml", new MockFileData(text));
        return new WorkflowYaml(disk, "/w/workflow.yml");
    }
}
