
namespace Outsource.Tests.Build.Hosting;

/// <summary>The real host, as a process, with arguments as typed.</summary>
[TestFixture]
internal sealed class HostTests
{
    [Test]
    public void Should_ShowTree_If_Asked()
    {
        var run = ProgramRun.Host("--tree");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Default\n").And.Contain("DryRun\n").And.Contain("Test\n"));
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void Should_ListDescriptions_If_Asked()
    {
        var run = ProgramRun.Host("--description");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"Test\s+Run the tests of the checkout"));
    }

    [Test]
    public void Should_RunNothing_If_CakesDryRun()
    {
        var run = ProgramRun.Host("--dryrun", "--target=Test");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("1. Test").And.Contain("No tasks were actually executed."));
    }

    [Test]
    public void Should_ShowVersion_If_Asked()
    {
        var run = ProgramRun.Host("--version");

        Assert.That(run, Is.EqualTo(new ProgramRun(0, typeof(OutsourceContext).Assembly.GetName().Version!.ToString(3) + "\n", "")));
    }

    [Test]
    public void Should_NameEngine_If_InfoAsked() => Assert.That(ProgramRun.Host("--info").Out, Does.Contain("Cake 7.0.0"));

    [Test]
    public void Should_ShowHelp_If_Asked()
    {
        var run = ProgramRun.Host("--help");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("DryRun"));
    }

    [Test]
    public void Should_RefuseAndRunNothing_If_TargetMistyped()
    {
        var run = ProgramRun.Host("--target=DryRnu");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Out, Is.Empty);
        Assert.That(run.Error, Does.StartWith("Error: ").And.Contain("DryRnu").And.Contain("DryRun"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Should_Refuse_If_ClockIsNoTime()
    {
        var run = ProgramRun.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--tree"], variables: new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = "yesterday" }).End();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo("Error: SOURCE_DATE_EPOCH='yesterday' is no time: it must be whole seconds since 1970-01-01 UTC. Correct or unset it.\n"));
    }
}
