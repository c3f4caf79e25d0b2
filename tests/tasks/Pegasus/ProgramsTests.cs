using System.Diagnostics;
using Cake.Core;
using CsCheck;
using Outsource.Condor;
using Outsource.Pegasus;
using Outsource.Tools;

namespace Outsource.Tests.Pegasus;

internal sealed class ProgramsTests
{
    private static readonly CakeEnvironment Environment = new(new CakePlatform(), new CakeRuntime());

    [Test]
    public void Should_GiveWholeVector_If_Planning()
    {
        var settings = new PegasusPlanSettings
        {
            Workflow = "/w/generated/n/workflow.yml",
            Properties = "/w/generated/n/pegasus.properties",
            ExecutionSite = "condorpool",
            StagingSite = "staging-davs",
            OutputSite = "local",
            BaseDirectory = "/w/runs/straxen_v2.2.6/xenonnt_v14",
            RelativeDirectory = "n",
        };

        Assert.That(PegasusPlanRunner.Arguments(settings, Environment), Is.EqualTo(new[]
        {
            "--json", "--conf", "/w/generated/n/pegasus.properties", "--sites", "condorpool", "--staging-site", "condorpool=staging-davs", "--output-sites", "local",
            "--dir", "/w/runs/straxen_v2.2.6/xenonnt_v14", "--relative-dir", "n", "/w/generated/n/workflow.yml",
        }));
    }

    [Test]
    public void Should_GiveWholeVector_If_Starting() => Assert.That(
        PegasusRunRunner.Arguments(new PegasusRunSettings { SubmitDirectory = "/w/runs/n" }, Environment),
        Is.EqualTo(new[] { "--json", "/w/runs/n" }));

    [Test]
    public void Should_GiveWholeVector_If_AskingTheQueue() => Assert.That(
        CondorQRunner.Arguments(new CondorQSettings { Constraint = "JobUniverse == 7", Attributes = ["ClusterId", "JobStatus"] }),
        Is.EqualTo(new[] { "-allusers", "-json", "-attributes", "ClusterId,JobStatus", "-constraint", "JobUniverse == 7" }));

    [Test]
    public void Should_ArriveAsItIs_If_Escaped() => Gen.String[Gen.Char["ab \"\\'$*;\t-/é"], 0, 12].List[1, 6].Sample(
        words =>
        {
            // The runtime's own parser of a command line is the one that the engine goes through.
            var start = new ProcessStartInfo("printf", "%s\\n " + CommandWords.Vector(words.Select(w => w + "|")).Render()) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return said == string.Concat(words.Select(w => w + "|\n"));
        },
        iter: 40);

    [Test]
    public void Should_KnowNothing_If_QueueDoesNotAnswer()
    {
        var answer = QueueAnswer.Read(1, [], ["Error: unknown host nohost", "", "Extra Info: …"]);
        Assert.That(answer.Dags, Is.Null);
        Assert.That(answer.Problem, Is.EqualTo("condor_q ended with exit code 1: Error: unknown host nohost"));
        Assert.That(QueueAnswer.Read(0, ["-- Schedd: vm"], []).Dags, Is.Null, "words are not job ads");
    }

    [Test]
    public void Should_FindTheJobs_If_QueueAnswers()
    {
        Assert.That(QueueAnswer.Read(0, [], []).Dags, Is.Empty, "it says nothing when there is nothing");
        var answer = QueueAnswer.Read(0, ["[", "{\"ClusterId\": 95, \"Iwd\": \"/x\", \"JobStatus\": 5, \"Owner\": \"xenon\", \"HoldReason\": \"by hand\"}", "]"], []);
        Assert.That(answer.Dags!.Value.Single().Words, Is.EqualTo("cluster 95 of xenon, held (by hand)"));
    }

    [Test]
    public void Should_TellTheLifeOfDagman_If_ReadFromTheScheddsLog()
    {
        // As seen after two pegasus-run within seconds of each other.
        var life = SubmitDirectory.LifeIn(
        [
            "000 (095.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>", "...",
            "000 (096.000.000) 2026-11-22 17:22:54 Job submitted from host: <127.0.0.1:9618>", "...",
            "005 (096.000.000) 2026-11-22 17:23:11 Job terminated.", "\t(1) Normal termination (return value 1)", "...",
        ]);

        Assert.That(life.Clusters, Is.EqualTo(new[] { 95, 96 }));
        Assert.That(life.Alive, Is.EqualTo(new[] { 95 }));
        Assert.That((life.Started, life.ReturnValue), Is.EqualTo(("2026-11-22 17:22:54", (int?)1)));
    }
}
