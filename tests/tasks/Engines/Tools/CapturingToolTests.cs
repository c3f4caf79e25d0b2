using System.Diagnostics;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Tools;

/// <summary>Programs that end as they should not: each costs no more than it was given.</summary>
internal sealed class CapturingToolTests
{
    [Test]
    public void Should_hear_both_streams_and_keep_the_exit_code()
    {
        List<string> said = [];
        var output = Shell("echo one; echo two >&2; printf three; exit 7", said: said.Add);

        Assert.That((output.ExitCode, string.Join(',', output.Out), string.Join(',', output.Error)), Is.EqualTo((7, "one,three", "two")));
        Assert.That(said, Is.EquivalentTo(new[] { "one", "two", "three" }));
        Assert.That(output.LastWords, Is.EqualTo("two"));
    }

    [Test]
    public void Should_let_a_program_work_as_long_as_it_likes_if_no_one_says_how_long()
    {
        var output = Shell("sleep 2.5; echo done; exit 3");

        Assert.That((output.ExitCode, string.Join(',', output.Out)), Is.EqualTo((3, "done")));
    }

    [TestCase(null)]
    [TestCase(30)]
    public void Should_come_back_if_the_program_leaves_something_behind_that_holds_its_pipe(int? timeout)
    {
        var output = Shell("sleep 600 & echo $!", timeout);
        using var left = Process.GetProcessById(int.Parse(output.Out[0], System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            Assert.That((output.ExitCode, left.HasExited), Is.EqualTo((0, false)));
        }
        finally
        {
            left.Kill();
        }
    }

    [Test]
    public void Should_let_a_program_go_on_that_may_take_as_long_as_it_likes() =>
        Assert.That(Shell("sleep 2.5; echo done").Out, Is.EqualTo(new[] { "done" }));

    [Test]
    public void Should_stop_a_program_that_does_not_end()
    {
        var file = System.IO.Path.GetTempFileName();
        try
        {
            var error = Assert.Throws<OutsourceException>(() => Shell($"echo $$ > '{file}'; exec sleep 600", timeout: 1));

            Assert.That(error!.Message, Is.EqualTo("bash did not end within 1 s and was stopped."));
            Assert.That(
                () => Process.GetProcessById(int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture)),
                Throws.ArgumentException.After(5000, 50)
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static CommandOutput Shell(string script, int? timeout = null, Action<string>? said = null)
    {
        var (disk, environment, log) = (new FileSystem(), new CakeEnvironment(new CakePlatform(), new CakeRuntime()), new NullLog());
        var configuration = new CakeConfiguration(new Dictionary<string, string>());
        var tools = new ToolLocator(
            environment,
            new ToolRepository(environment),
            new ToolResolutionStrategy(disk, environment, new Globber(disk, environment), configuration, log)
        );
        return new Bash(disk, environment, new ProcessRunner(disk, environment, log, tools, configuration), tools).Run(
            new ToolSettings { ToolPath = "/bin/bash", ToolTimeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null },
            script,
            said
        );
    }

    private sealed class Bash(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : CapturingTool<ToolSettings>(fileSystem, environment, processRunner, tools)
    {
        protected override TimeSpan? DefaultTimeout => null;

        public CommandOutput Run(ToolSettings settings, string script, Action<string>? said) =>
            Capture(settings, CommandWords.Vector(["-c", script]), said);

        protected override string GetToolName() => "bash";

        protected override IEnumerable<string> GetToolExecutableNames() => ["bash"];
    }
}
