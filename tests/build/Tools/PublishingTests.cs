using System.IO.Abstractions.TestingHelpers;
using Cake.Core;
using Outsource.Build.Tools.Publishing;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Build.Tools;

/// <summary>
/// Publishing: how it is asked for, what is said when it fails, and the program itself where <c>--target=Publish</c> has made one.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class PublishingTests
{
    [Test]
    public void Should_give_the_whole_vector() =>
        Assert.That(
            PublishRunner.Arguments(
                new PublishSettings
                {
                    Project = "/c/build/Build.csproj",
                    Output = "/c/.outsource/publish/new",
                    Artifacts = "/c/.outsource/publish/build",
                },
                new CakeEnvironment(new CakePlatform(), new CakeRuntime())
            ),
            Is.EqualTo(
                new[]
                {
                    "publish",
                    "/c/build/Build.csproj",
                    "--configuration",
                    "Release",
                    "--runtime",
                    "linux-x64",
                    "--output",
                    "/c/.outsource/publish/new",
                    "--artifacts-path",
                    "/c/.outsource/publish/build",
                    "--nologo",
                    "--verbosity",
                    "quiet",
                    "-m:1",
                    "-nodeReuse:false",
                    "-p:UseSharedCompilation=false",
                    "-p:RunAnalyzers=false",
                    "-p:OutsourcePublished=true",
                    "-p:PublishReadyToRun=true",
                }
            )
        );

    [TestCase(
        "x : error NU1102: Unable to find package Microsoft.NETCore.App.Runtime.linux-x64",
        "The runtime for the program is not available from the package sources. Publish on a machine that can reach them:\n  x : "
            + "error NU1102: Unable to find package Microsoft.NETCore.App.Runtime.linux-x64"
    )]
    [TestCase("A.cs(1,1): error CS1002: ; expected", "dotnet publish failed:\n  A.cs(1,1): error CS1002: ; expected")]
    [TestCase("gone", "dotnet publish failed:\n  gone / gone")]
    public void Should_say_why_it_failed(string words, string message) =>
        Assert.That(PublishedProgram.Failure(new CommandOutput(1, [words, words], [])), Is.EqualTo(message));

    [Test]
    public void Should_leave_the_program_and_its_checksum_alone()
    {
        var disk = new MockFileSystem(
            new Dictionary<string, MockFileData>
            {
                ["/p/new/outsource"] = new("abc"),
                ["/p/new/Cake.Core.xml"] = new(""),
                ["/p/outsource"] = new("old"),
            }
        );

        Assert.That(PublishedProgram.Place(disk, "/p/new", "/p"), Is.EqualTo("/p/outsource"));

        Assert.That(disk.AllFiles, Is.EquivalentTo(new[] { "/p/outsource", "/p/outsource.sha256" }));
        Assert.That(disk.File.ReadAllText("/p/outsource"), Is.EqualTo("abc"));
        Assert.That(
            disk.File.ReadAllText("/p/outsource.sha256"),
            Is.EqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  outsource\n")
        );
    }

    [Test]
    public void Should_say_what_to_do_if_no_program_was_made()
    {
        var disk = new MockFileSystem(new Dictionary<string, MockFileData> { ["/p/outsource"] = new("old"), ["/p/new/x"] = new("") });

        Assert.That(
            () => PublishedProgram.Place(disk, "/p/new", "/p"),
            Throws.TypeOf<OutsourceException>().With.Message.Contains("'/p/new/outsource' is missing").And.Message.Contains("delete '/p'")
        );
        Assert.That(disk.File.ReadAllText("/p/outsource"), Is.EqualTo("old"));
    }

    [Test]
    public void Should_run_on_a_host_without_dotnet()
    {
        var made = Path.Combine(Checkout.Root, ".outsource", "publish");
        if (!File.Exists(Path.Combine(made, "outsource")))
        {
            Assert.Ignore(
                $"There is no '{made}/outsource': ./build.sh --target=Publish makes it (it may fetch the runtime), and .ci/run does so "
                    + "before the tests."
            );
        }

        var folder = Directory.CreateTempSubdirectory("outsource published ").FullName;
        try
        {
            var (bin, home, stand) = (Make(folder, "bin"), Make(folder, "home"), Make(folder, "stand"));
            var install = File.ReadLines(Path.Combine(Checkout.Root, "docs", "publish.md"))
                .Single(l => l.StartsWith("> `sha256sum", StringComparison.Ordinal))[3..^1];
            Assert.That(
                ProgramRun.Start("bash", ["-c", install.Replace("/usr/local/bin", $"'{bin}'", StringComparison.Ordinal)], made).End(),
                Is.EqualTo(new ProgramRun(0, "outsource: OK\n", ""))
            );
            File.SetUnixFileMode(bin, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var program = Path.Combine(bin, "outsource");
            ProgramRun.RunningProgram Started(string home, params string[] arguments) =>
                ProgramRun.Start("env", ["-i", $"HOME={home}", "PATH=/usr/bin:/bin", "SOURCE_DATE_EPOCH=1747224000", .. arguments], stand);
            ProgramRun Run(string program, params string[] arguments) => Started(home, [program, .. arguments]).End();

            // First starts at once, which unpack one another's files.
            var first = Enumerable.Range(0, 4).Select(_ => Started(home, program, "--version")).ToList();
            Assert.That(first.Select(r => r.End()), Is.All.EqualTo(new ProgramRun(0, "0.1.0\n", "")));
            Assert.That(Directory.EnumerateDirectories(Path.Combine(home, ".net", "outsource")), Has.Exactly(1).Items);

            // A home that nobody can write, root neither.
            Assert.That(
                Started("/proc/nobody", program, "--version").End().Error,
                Does.Contain("Failed to determine location for extracting embedded files")
            );
            Assert.That(
                Started("/proc/nobody", $"DOTNET_BUNDLE_EXTRACT_BASE_DIR={Make(folder, "elsewhere")}", program, "--version").End().Out,
                Is.EqualTo("0.1.0\n")
            );

            Assert.That(Run(program, "--help").Out, Does.Contain("Usage: outsource [--target=TASK] [options]\n"));
            foreach (var _ in new[] { "first", "again" })
            {
                var run = Run(program, "--target=DryRun");
                Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
                Assert.That(
                    run.Out,
                    Does.Contain("792 lines = 99 runs considered")
                        .And.Match(@"\n  outsource --target=WriteWorkflow --reuse --name=2025-05-14 --plan=[0-9a-f]{12}\n\z")
                );
            }

            Assert.That(Run(program, "--target=WriteWorkflow", "--reuse", "--name=2025-05-14").ExitCode, Is.Zero);
            var payload = Path.Combine(stand, ".outsource", "demo", "generated", "2025-05-14", "payload");
            Assert.That(
                Directory.EnumerateFiles(payload).ToDictionary(f => Path.GetFileName(f), File.ReadAllText),
                Is.EqualTo(
                    Directory
                        .EnumerateFiles(payload)
                        .ToDictionary(
                            f => Path.GetFileName(f),
                            f => File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "payload", Path.GetFileName(f)))
                        )
                )
            );
            var refused = Run(program, "--target=Publish");
            Assert.That(
                (refused.ExitCode, refused.Error.StartsWith("Error: There is no project at '", StringComparison.Ordinal)),
                Is.EqualTo((2, true))
            );

            // What it unpacked, and what a dry run writes; nothing else.
            Assert.That(Directory.EnumerateFileSystemEntries(home).Select(Path.GetFileName), Is.EqualTo(new[] { ".net" }));
            Assert.That(Directory.EnumerateFileSystemEntries(stand).Select(Path.GetFileName), Is.EqualTo(new[] { ".outsource" }));
            File.SetUnixFileMode(bin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Make(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
