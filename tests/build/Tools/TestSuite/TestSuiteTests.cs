using System.Text;
using Cake.Core;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Build.Tools.TestSuite;

[TestFixture]
internal sealed class TestSuiteTests
{
    private readonly TestSuiteSettings _settings = new() { Project = "/a checkout/tests/Tests.csproj", Results = "/a checkout/results" };

    [Test]
    public void Should_pass_whole_vector_if_path_has_spaces() =>
        Assert.That(
            TestSuiteRunner.Arguments(_settings, new CakeEnvironment(new CakePlatform(), new CakeRuntime())).Render(),
            Is.EqualTo(
                """test "/a checkout/tests/Tests.csproj" --nologo --verbosity quiet --logger "trx;LogFileName=tests.trx" --logger "console;verbosity=normal" --results-directory "/a checkout/results" -nodeReuse:false -p:UseSharedCompilation=false"""
            )
        );

    [Test]
    public void Should_count_only_from_the_first_that_has_ended()
    {
        var said = new Said();
        using (var progress = new FirstThenCounted(said, "the build", "tests", 1306))
        {
            Assert.That(said.Progresses, Is.Empty, "while it is built");
            progress.Advance();
            progress.Advance();
            Assert.That($"{said.Progresses.Single()}", Is.EqualTo("2 of 1306 tests, going on"));
        }

        Assert.That($"{said.Progresses.Single()}", Is.EqualTo("2 of 1306 tests"));
    }

    [Test]
    public void Should_have_a_file_of_its_own_if_selected()
    {
        var selected = new TestSuiteSettings { Project = _settings.Project, Results = _settings.Results, Filter = "TestCategory!=Program" };

        Assert.That(_settings.ResultsFile, Is.EqualTo("tests.trx"));
        Assert.That(selected.ResultsFile, Does.Match(@"^tests-[0-9a-f]{12}\.trx$"));
    }

    [Test]
    public void Should_count_and_give_reasons_if_results_read()
    {
        const string Trx = """
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
              <UnitTestResult testName="B" outcome="NotExecuted"><Output><ErrorInfo><Message> PEGASUS_SCHEMAS is not set </Message></ErrorInfo></Output></UnitTestResult>
              <UnitTestResult testName="A" outcome="NotExecuted" />
              <UnitTestResult testName="C" outcome="Passed" /><UnitTestResult testName="D" outcome="Passed" /><UnitTestResult testName="E" outcome="Passed" />
              <UnitTestResult testName="F" outcome="Failed" /><UnitTestResult testName="G" outcome="Timeout" />
            </Results></TestRun>
            """;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Trx));

        var results = TestSuiteResults.Read(stream);

        Assert.That(results.Totals, Is.EqualTo("3 passed, 2 failed, 2 skipped"));
        Assert.That(results.Skipped, Is.EqualTo(new[] { ("A", "no reason given"), ("B", "PEGASUS_SCHEMAS is not set") }));
    }
}
