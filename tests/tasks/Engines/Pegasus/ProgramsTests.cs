using System.Diagnostics;
using Cake.Core;
using CsCheck;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Engines.Pegasus;

[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class ProgramsTests
{
    private static readonly CakeEnvironment Environment = new(new CakePlatform(), new CakeRuntime());

    [Test]
    public void Should_give_whole_vector_if_planning()
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

        Assert.That(
            PegasusPlanRunner.Arguments(settings, Environment),
            Is.EqualTo(
                new[]
                {
                    "--json",
                    "--conf",
                    "/w/generated/n/pegasus.properties",
                    "--sites",
                    "condorpool",
                    "--staging-site",
                    "condorpool=staging-davs",
                    "--output-sites",
                    "local",
                    "--dir",
                    "/w/runs/straxen_v2.2.6/xenonnt_v14",
                    "--relative-dir",
                    "n",
                    "/w/generated/n/workflow.yml",
                }
            )
        );
    }

    [Test]
    public void Should_arrive_as_it_is_if_escaped() =>
        Gen.String[Gen.Char["ab \"\\'$*;\t-/é"], 0, 12]
            .List[1, 6]
            .Sample(
                words =>
                {
                    // The runtime's own parser of a command line is the one that the engine goes through.
                    var start = new ProcessStartInfo("printf", "%s\\n " + CommandWords.Vector(words.Select(w => w + "|")).Render())
                    {
                        RedirectStandardOutput = true,
                    };
                    using var process = Process.Start(start)!;
                    return process.FinishWithOutput().Out == string.Concat(words.Select(w => w + "|\n"));
                },
                iter: 40
            );
}
