using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Tools;
using Outsource.Foundation.Machine;

namespace Outsource.Tests.Engines.Tools;

/// <summary>What programs print comes as it is: git separates names by zero bytes.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class PythonRunnerTests
{
    [Test]
    public async Task Should_hear_zero_bytes_and_letters_of_all_languages()
    {
        var result = await RunAsync("printf '%s\\0%s\\0' 'a \"b\"' é; echo no >&2; exit 3");

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((3, "a \"b\"\0é\0", "no")));
    }

    [Test]
    public void Should_stop_the_program_if_the_time_is_over()
    {
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        Assert.That(() => RunAsync("exec sleep 600", clock.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static Task<ProgramResult> RunAsync(string script, CancellationToken cancel = default)
    {
        var (disk, environment, log) = (new FileSystem(), new CakeEnvironment(new CakePlatform(), new CakeRuntime()), new NullLog());
        var configuration = new CakeConfiguration(new Dictionary<string, string>());
        var tools = new ToolLocator(
            environment,
            new ToolRepository(environment),
            new ToolResolutionStrategy(disk, environment, new Globber(disk, environment), configuration, log)
        );
        var runner = new ProcessRunner(disk, environment, log, tools, configuration);
        var context = new Context(disk, environment, log, new ProcessRunner(disk, environment, log, tools, configuration), tools);
        return new PythonRunner(context).RunAsync("/usr/bin/env", ["bash", "-c", script], cancel);
    }

    /// <summary>What a tool needs of Cake.</summary>
    private sealed record Context(
        IFileSystem FileSystem,
        ICakeEnvironment Environment,
        ICakeLog Log,
        IProcessRunner ProcessRunner,
        IToolLocator Tools
    ) : ICakeContext
    {
        public IGlobber Globber => throw new NotSupportedException();

        public ICakeArguments Arguments => throw new NotSupportedException();

        public IRegistry Registry => throw new NotSupportedException();

        public ICakeDataResolver Data => throw new NotSupportedException();

        public ICakeConfiguration Configuration => throw new NotSupportedException();
    }
}
