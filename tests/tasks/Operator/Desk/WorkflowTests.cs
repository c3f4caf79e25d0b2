using System.IO.Abstractions.TestingHelpers;
using Outsource.Build.Hosting;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Operator.Status;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Workflows;

namespace Outsource.Tests.Operator.Desk;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WorkflowTests
{
    private readonly SubmitFixture _fixture = new();

    [Test]
    public void Should_take_submitted_one_if_no_name_given()
    {
        _fixture.Disk.AddFile("/work/generated/zzz/settings.yml", new MockFileData("schema: x"));

        Assert.That(Choose().Name, Is.EqualTo("test"));
    }

    [TestCase(
        "--name=tset",
        "there is no workflow 'tset' below '/work/generated' (did you mean 'test'?): name one that exists (--target=List shows all): test."
    )]
    [TestCase("--name=a/b", "--name=a/b is not a valid workflow name")]
    public void Should_refuse_if_name_unknown(string option, string message) =>
        Assert.That(() => Choose(option), Throws.TypeOf<UsageException>().With.Message.StartsWith(message));

    [Test]
    public void Should_refuse_if_there_is_none()
    {
        _fixture.Disk.Directory.Delete("/work/generated", recursive: true);

        Assert.That(
            () => Choose(),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("there is no workflow below '/work/generated'.")
        );
    }

    [Test]
    public void Should_refuse_if_taken_away_while_watched()
    {
        var workflow = Choose();
        _fixture.Disk.Directory.Delete("/work/runs", recursive: true);
        Assert.That(new WorkflowChooser(_fixture.Host, "/work").Again(workflow).Name, Is.EqualTo("test"), "its records are there");

        _fixture.Disk.Directory.Delete("/work/generated", recursive: true);

        Assert.That(
            () => new WorkflowChooser(_fixture.Host, "/work").Again(workflow),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("there is no workflow 'test'")
        );
    }

    [TestCase("yes", true)]
    [TestCase(" Y ", true)]
    [TestCase("no", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Should_continue_only_with_yes_if_asked(string? answer, bool goesOn)
    {
        string? question = null;
        var confirmation = new Confirmation(
            Request(
                [],
                q =>
                {
                    question = q;
                    return answer;
                }
            )
        );

        Assert.That(() => confirmation.Need("Remove it"), goesOn ? Throws.Nothing : Throws.TypeOf<NothingToDoException>());
        Assert.That(question, Is.EqualTo("Remove it? [yes/no] "));
    }

    [Test]
    public void Should_not_ask_if_yes_given() =>
        Assert.That(
            () => new Confirmation(Request(["--yes"], _ => throw new InvalidOperationException())).Need("Remove it"),
            Throws.Nothing
        );

    [Test]
    public void Should_refuse_if_no_one_can_be_asked() =>
        Assert.That(
            () => new Confirmation(Request([], null)).Need("Remove it"),
            Throws
                .TypeOf<UsageException>()
                .With.Message.EqualTo("Remove it? There is no terminal to ask on: repeat the command with --yes. Nothing was done.")
        );

    [Test]
    public void Should_report_what_is_queued_if_asked_for()
    {
        var queued = new QueuedWorkflow(
            "x",
            [
                new(9, 0, QueueJob.Running),
                new(10, 0, QueueJob.Held) { Node = SubmitFixture.First },
                new(11, 0, QueueJob.Idle) { Node = SubmitFixture.Other },
                new(12, 0, QueueJob.Completed) { Node = SubmitFixture.Second },
            ]
        );

        Assert.That(queued.Summary, Is.EqualTo("2 jobs: 1 idle, 1 held; DAGMan 9"));
        Assert.That(queued.Of([43000], QueueJob.Held).Select(j => j.Id), Is.EqualTo(new[] { "10.0" }));
        Assert.That(queued.Of([43001], QueueJob.Held), Is.Empty);
    }

    [TestCase("--json --watch", "--json prints one document and ends")]
    [TestCase("--interval=30", "--interval=30 needs --watch")]
    [TestCase("--html=p.html", "--html=p.html needs --watch: add it. --target=Report makes the page once.")]
    [TestCase("--watch --interval=1", "--interval=1 is not a valid time: it must be whole seconds from 5 to 3600.")]
    public void Should_refuse_if_status_options_contradict(string options, string message) =>
        Assert.That(
            () => StatusOptions.Interval(Parse([.. options.Split(' ')])),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(message)
        );

    private static Invocation Parse(params string[] options) =>
        CommandLineParser.Parse(["--target=Status", .. options], [new TaskInfo("Status", "")]);

    private WorkflowOnDisk Choose(params string[] options) => new WorkflowChooser(_fixture.Host, "/work").Choose(Parse(options));

    private RunRequest Request(string[] options, Func<string, string?>? ask) =>
        new()
        {
            Invocation = Parse(options),
            Host = _fixture.Host,
            Machine = new LinuxMachine(),
            Messages = new Said(),
            Terminal = () => throw new InvalidOperationException(),
            Ask = ask,
        };
}
