using System.Collections.Immutable;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Tests.LoadConfig;

/// <summary>Names of workflows with packages of the operator, where python3 says what they are.</summary>
public sealed class OwnCodeTests
{
    private const string Editable = """{"version": "2.0.0", "file": "/c/x.py", "git_top": "/c", "editable": true}""",
        Release = """{"version": "2.0.0", "file": "/env/lib/site-packages/x.py"}""";

    [TestCase(Editable, Release, "user-t-202402180030")]
    [TestCase(Release, Editable, "user-t-202402180030")]
    [TestCase(Release, Release, "t-202402180030")]
    [TestCase("""{"missing": true}""", Release, "t-202402180030")]
    [TestCase("nonsense", Release, "t-202402180030")]
    public async Task Should_begin_with_user_if_a_package_is_editable(string cutax, string straxen, string name)
    {
        var python = new Python($"{{\"packages\": {{\"cutax\": {cutax}, \"straxen\": {straxen}}}}}");
        Assert.That((await NameAsync(python, Proposed, "--target=DryRun")).Name, Is.EqualTo(name));
        Assert.That(python.Asked, Is.EqualTo(1));
    }

    [TestCase("--target=DryRun", "--reuse")]
    [TestCase("--target=FilterModes", "--exclusive")]
    public async Task Should_not_ask_if_no_new_name_is_made(params string[] arguments)
    {
        var python = new Python($"{{\"packages\": {{\"cutax\": {Editable}}}}}");
        Assert.That(await NameAsync(python, Proposed, arguments), Is.EqualTo(Proposed));
        var given = new WorkflowName("mine", FromDate: false, "argument --name");
        Assert.That(await NameAsync(python, given, "--target=DryRun"), Is.EqualTo(given));
        Assert.That(python.Asked, Is.Zero);
    }

    private static WorkflowName Proposed { get; } = new("t-202402180030", FromDate: true, "the time");

    private static Task<WorkflowName> NameAsync(Python python, WorkflowName proposed, params string[] arguments)
    {
        var disk = Given.Disk(("/env/bin/python3", ""));
        var settings = Given.Settings with { Plan = PlanKind.ByLevel, UserInstallPackage = ["cutax", "straxen"], Demo = false };
        return new OwnCode(Given.Host(disk, ("CONDA_PREFIX", "/env"), ("CUTAX_LOCATION", "/cutax")), python).NameAsync(
            proposed,
            settings,
            CommandLineParser.Parse(arguments, LoaderFixture.Tasks),
            default
        );
    }

    private sealed class Python(string answer) : IProgramRunner
    {
        public int Asked { get; private set; }

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            Asked++;
            return Task.FromResult(new ProgramResult(0, answer, ""));
        }
    }
}
