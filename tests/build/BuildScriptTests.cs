using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;

namespace Outsource.Tests.Build;

/// <summary>
/// build.sh in a checkout whose path has spaces. <c>dotnet</c> is a stand-in that notes what it is asked for, so that each case takes
/// moments; one case builds with the real one.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class BuildScriptTests
{
    private const string StandIn = """
        #!/bin/bash
        case $1 in
            --version) echo "${SDK:-10.0.100}" ;;
            publish)
                printf '%s\n' "$*" >>"$LOG"
                [[ -z ${BROKEN:-} ]] || { echo 'error CS1002: ; expected'; exit 1; }
                sleep "${SLOW:-0}"
                while [[ $1 != --output ]]; do shift; done
                mkdir -p "$2" && : >"$2/outsource.dll" ;;
            *) printf '%s|' "ran in $PWD" "${@:2}"; sleep "${LONG:-0}"; exit "${CODE:-0}" ;;
        esac
        """;

    private string _folder = "";
    private string _checkout = "";
    private string _log = "";

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-").FullName;
        _checkout = Directory.CreateDirectory(Path.Combine(_folder, "a check out")).FullName;
        _log = Path.Combine(_folder, "log");
        Write("bin/dotnet", StandIn, executable: true);
        Write("a check out/build/Program.cs", "return 0;");
        Write("a check out/tasks/One.cs", "// one");
        Write("a check out/tasks/obj/Generated.cs", "// not a source");
        Write("a check out/Directory.Build.props", "<Project />");
        Write("a check out/build.sh", File.ReadAllText(Path.Combine(Checkout.Root, "build.sh")), executable: true);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Should_forward_arguments_and_folder_if_called_from_elsewhere()
    {
        var run = Start(["--run=1 2", "--x"], Path.Combine(_folder, "bin")).End();

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Is.EqualTo($"ran in {Path.Combine(_folder, "bin")}|--run=1 2|--x|"));
    }

    [TestCase("/packages")]
    [TestCase("/packages/")]
    public void Should_find_the_engine_however_the_package_folder_is_spelt(string folder)
    {
        var run = ProgramRun
            .Start(
                "dotnet",
                [
                    "msbuild",
                    Path.Combine(Checkout.Root, "build/Frosting/Frosting.csproj"),
                    "-getProperty:CakeEngineFolder",
                    $"-p:NuGetPackageRoot={folder}",
                    "-nodeReuse:false",
                ]
            )
            .End();

        Assert.That(run.Out, Does.Match(@"\A/packages/cake\.tool/[0-9.]+/tools/net10\.0/any/\n\z"), run.Error);
    }

    [Test]
    public void Should_forward_exit_code_if_host_fails() =>
        Assert.That(Start(variables: new() { ["CODE"] = "17" }).End().ExitCode, Is.EqualTo(17));

    [Test]
    public void Should_build_once_and_say_so_if_nothing_changes()
    {
        Assert.That(Start().End().Error, Does.StartWith("Building Outsource"));
        Assert.That(Start().End().Error, Is.Empty);
        Write("a check out/tasks/obj/Generated.cs", "// changed by a build");
        Assert.That(Start().End().Error, Is.Empty);
        Assert.That(Builds, Is.EqualTo(1));
    }

    [Test]
    public void Should_build_again_if_source_is_edited_added_or_deleted()
    {
        _ = Start().End();
        Write("a check out/tasks/One.cs", "// two");
        _ = Start().End();
        Write("a check out/tasks/tables/new.yml", "a: 1");
        _ = Start().End();
        File.Delete(Path.Combine(_checkout, "tasks/One.cs"));
        _ = Start().End();
        Write("a check out/Directory.Build.props", "<Project></Project>");
        _ = Start().End();

        Assert.That(Builds, Is.EqualTo(5));
        Assert.That(Hosts(), Has.Length.EqualTo(3), "only the newest three are kept");
    }

    [Test]
    public void Should_keep_old_host_if_it_still_runs()
    {
        var running = Start(variables: new() { ["LONG"] = "4" });
        Assert.That(() => Hosts().Length, Is.EqualTo(1).After(10000, 50));
        var old = Hosts()[0];
        Assert.That(() => File.Exists(Path.Combine(_checkout, ".outsource/host/current")), Is.True.After(10000, 50));
        for (var i = 0; i < 4; i++)
        {
            Write("a check out/tasks/One.cs", $"// edit {i}");
            _ = Start().End();
        }

        Assert.That(Hosts(), Does.Contain(old));
        Assert.That(running.End().ExitCode, Is.Zero);
    }

    [Test]
    public void Should_build_once_if_two_start_at_once()
    {
        var first = Start(variables: new() { ["SLOW"] = "0.5" });
        var second = Start(variables: new() { ["SLOW"] = "0.5" });

        Assert.That((first.End().ExitCode, second.End().ExitCode), Is.EqualTo((0, 0)));
        Assert.That(Builds, Is.EqualTo(1));
    }

    [Test]
    public void Should_show_output_and_run_nothing_if_build_fails()
    {
        _ = Start().End();
        Write("a check out/tasks/One.cs", "broken");

        var run = Start(variables: new() { ["BROKEN"] = "1" }).End();

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Out, Is.Empty, "a host of older sources must not run");
        Assert.That(run.Error, Does.Contain("error CS1002"));
        Assert.That(Start().End().ExitCode, Is.Zero, "the next build is not hindered");
    }

    [Test]
    public void Should_say_what_is_needed_if_dotnet_is_missing()
    {
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        foreach (var tool in new[] { "bash", "readlink", "cat" })
        {
            _ = File.CreateSymbolicLink(Path.Combine(tools, tool), File.Exists($"/bin/{tool}") ? $"/bin/{tool}" : $"/usr/bin/{tool}");
        }

        var run = Start(variables: new() { ["PATH"] = tools }).End();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(
            run.Error,
            Does.StartWith("Error: 'dotnet' is not in PATH. The .NET SDK 10.0 or later is needed")
                .And.Contain("apt-get install")
                .And.Contain("dotnet-install.sh")
        );
    }

    [Test]
    public void Should_say_what_is_needed_if_dotnet_is_too_old()
    {
        var run = Start(variables: new() { ["SDK"] = "8.0.404" }).End();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: dotnet offers SDK 8.0.404. The .NET SDK 10.0 or later is needed"));
    }

    [Test]
    public void Should_build_and_run_if_dotnet_is_real()
    {
        foreach (
            var file in new[] { "build", "tasks" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories))
                .Concat(Directory.EnumerateFiles(Checkout.Root, "Directory.*.props"))
                .Append(Path.Combine(Checkout.Root, "cake.config"))
                .Select(file => Path.GetRelativePath(Checkout.Root, file))
                .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
        )
        {
            var copy = Path.Combine(_checkout, file);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Checkout.Root, file), copy, overwrite: true);
        }

        File.Delete(Path.Combine(_checkout, "tasks/One.cs"));
        File.Delete(Path.Combine(_folder, "bin/dotnet"));

        var first = Start(["--version"]).End();
        var started = Stopwatch.GetTimestamp();
        var second = Start(["--target=DryRnu"]).End();

        Assert.That(first.ExitCode, Is.Zero, first.Error);
        Assert.That(first.Out, Is.EqualTo("0.1.0\n"));
        Assert.That(second.ExitCode, Is.EqualTo(2));
        Assert.That(second.Error, Does.StartWith("Error: ").And.Not.Contain("Building"));
        TestContext.Out.WriteLine($"warm start: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
    }

    private int Builds => File.ReadAllLines(_log).Length;

    private string[] Hosts() =>
        Directory.Exists(Path.Combine(_checkout, ".outsource/host"))
            ?
            [
                .. Directory
                    .GetDirectories(Path.Combine(_checkout, ".outsource/host"))
                    .Where(folder => !Path.GetFileName(folder).StartsWith('.')),
            ]
            : [];

    private ProgramRun.RunningProgram Start(string[]? args = null, string? folder = null, Dictionary<string, string?>? variables = null)
    {
        var environment = new Dictionary<string, string?>(variables ?? []) { ["LOG"] = _log };
        _ = environment.TryAdd("PATH", $"{Path.Combine(_folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}");
        return ProgramRun.Start("/bin/bash", [Path.Combine(_checkout, "build.sh"), .. args ?? []], folder, environment);
    }

    private void Write(string path, string text, bool executable = false)
    {
        var file = Path.Combine(_folder, path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ReplaceLineEndings("\n") + "\n");
        if (executable)
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
