using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Packages;
using Outsource.Services.Packages;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Packages;

[TestFixture]
internal sealed class InstalledPackagesTests
{
    private const string Answer = """
        {"packages": {
          "cutax": {"version": "2.0.0", "file": "/home/tester/cutax/cutax/__init__.py", "git_top": "/home/tester/cutax",
                    "commit": "aa", "dirty": ["a"], "editable": true, "user_site": false, "missing": false},
          "wfsim": {"missing": true},
          "unasked": {"editable": true}}}
        """;

    private static readonly PackageRequest Request = new(["cutax", "wfsim"], []);

    private readonly Programs _programs = new();
    private MockFileSystem _disk = new();

    [SetUp]
    public void MakeMachine()
    {
        _disk = new MockFileSystem();
        _disk.AddFile("/env/bin/python3", new MockFileData(""));
        _disk.AddFile("/usr/bin/git", new MockFileData(""));
        _programs.Calls.Clear();
        _programs.Answers["/env/bin/python3"] = new ProgramResult(0, Answer, "");
        _programs.Answers["/usr/bin/env"] = new ProgramResult(0, "/home/tester/clone\n", "");
    }

    [Test]
    public async Task Should_ask_python_about_all_packages_at_once()
    {
        var answer = await FindAsync(Request);

        Assert.That(answer.Packages.Keys, Is.EqualTo(new[] { "cutax", "wfsim" }));
        Assert.That(
            answer.Packages["cutax"],
            Is.EqualTo(
                new InstalledPackage("cutax")
                {
                    Version = "2.0.0",
                    File = "/home/tester/cutax/cutax/__init__.py",
                    GitTop = "/home/tester/cutax",
                    Editable = true,
                }
            )
        );
        Assert.That(answer.Packages["wfsim"].Missing);
        Assert.That(
            _programs.Calls.Single(),
            Is.EqualTo(
                "/env/bin/python3 -B /data/payload/context_description.py --packages "
                    + "cutax,wfsim,admix,outsource,rucio,strax,straxen,utilix"
            )
        );
    }

    [Test]
    public async Task Should_take_a_folder_that_the_configuration_names_instead_of_asking()
    {
        _disk.AddDirectory("/home/tester/clone/sub");
        var request = Request with { Paths = Paths(("cutax", "/home/tester/clone/sub")) };

        var answer = await FindAsync(request);

        Assert.That(answer.Packages["cutax"].GitTop, Is.EqualTo("/home/tester/clone"));
        Assert.That(_programs.Calls[0], Does.EndWith("-C /home/tester/clone/sub rev-parse --show-toplevel"));
        Assert.That(_programs.Calls[1], Does.Contain("--packages wfsim,admix,"));
    }

    [Test]
    public async Task Should_remark_that_nothing_is_checked_if_there_is_no_python()
    {
        _disk.RemoveFile("/env/bin/python3");
        _disk.AddDirectory("/home/tester/clone");
        var request = new PackageRequest(["cutax"], []) { Paths = Paths(("cutax", "/home/tester/clone")) };

        var answer = await FindAsync(request);

        Assert.That(
            answer.Remarks,
            Is.EqualTo(
                new[]
                {
                    "there is no python3 in $CONDA_PREFIX or $PATH, so it is not checked whether admix, outsource, rucio, strax, straxen, "
                        + "utilix are those of the image",
                }
            )
        );
    }

    [Test]
    public void Should_say_what_to_do_if_there_is_neither_python_nor_a_folder()
    {
        _disk.RemoveFile("/env/bin/python3");

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => FindAsync(Request))!.Message,
            Is.EqualTo(
                "user_install_package: there is no python3 in $CONDA_PREFIX or $PATH that could be asked about cutax, wfsim. Source the "
                    + "setup.sh of a release, or name their folders with user_install_path.NAME = FOLDER."
            )
        );
    }

    [Test]
    public void Should_refuse_a_folder_if_it_is_none()
    {
        var request = Request with { Paths = Paths(("cutax", "/nowhere")) };

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => FindAsync(request))!.Message,
            Is.EqualTo("user_install_path.cutax is '/nowhere', which is not a folder. Name the clone of cutax.")
        );
    }

    [TestCase(0, "noise", "", "/env/bin/python3 printed something other than a list of packages.")]
    [TestCase(0, "[]", "", "/env/bin/python3 printed something other than a list of packages.")]
    [TestCase(0, """{"packages": {"cutax": 1}}""", "", "/env/bin/python3 printed something other than a list of packages.")]
    [TestCase(20, "", "noise\nNo module named strax.\n", "(exit code 20): No module named strax. Fix the environment")]
    public void Should_say_what_python_did_if_it_gives_no_answer(int exitCode, string output, string error, string words)
    {
        _programs.Answers["/env/bin/python3"] = new ProgramResult(exitCode, output, error);

        Assert.That(Assert.ThrowsAsync<OutsourceException>(() => FindAsync(Request))!.Message, Does.Contain(words));
    }

    [TestCase(
        "fatal: detected dubious ownership in repository at '/home/other/cutax'",
        "git does not read '/home/other/cutax', because the folder belongs to another user. Where you trust its content, run 'git config "
            + "--global --add safe.directory /home/other/cutax'; else use a clone of your own."
    )]
    [TestCase(
        "fatal: not a git repository (or any of the parent directories): .git",
        "'/home/other/cutax' is not in a git work tree, so it is not known which files belong to the package. Use a clone, or make it a "
            + "repository ('git init')."
    )]
    [TestCase("fatal: bad object", "git rev-parse in '/home/other/cutax' ended with exit code 128: fatal: bad object.")]
    public void Should_explain_what_git_says(string said, string words)
    {
        _disk.AddDirectory("/home/other/cutax");
        _programs.Answers["/usr/bin/env"] = new ProgramResult(128, "", said + "\n");
        var request = Request with { Paths = Paths(("cutax", "/home/other/cutax")) };

        Assert.That(Assert.ThrowsAsync<UsageException>(() => FindAsync(request))!.Message, Is.EqualTo(words));
    }

    private static ImmutableSortedDictionary<string, string> Paths(params (string Name, string Path)[] paths) =>
        paths.ToImmutableSortedDictionary(p => p.Name, p => p.Path, StringComparer.Ordinal);

    private Task<PackageAnswer> FindAsync(PackageRequest request) =>
        new InstalledPackages(Given.Host(_disk, ("CONDA_PREFIX", "/env"), ("PATH", "/usr/bin")) with { DataFolder = "/data" }, _programs)
            .FindAsync(request, default);

    private sealed class Programs : IProgramRunner
    {
        public Dictionary<string, ProgramResult> Answers { get; } = [];

        public List<string> Calls { get; } = [];

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            Calls.Add($"{program} {string.Join(' ', arguments)}");
            return Task.FromResult(Answers[program]);
        }
    }
}
