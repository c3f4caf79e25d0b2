using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.Services.Contexts;

[TestFixture]
internal sealed class DescribingProgramTests
{
    private const string Image = "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2025.07.1";

    private MockFileSystem _disk = new();

    [SetUp]
    public void MakeDisk() => _disk = new MockFileSystem();

    [Test]
    public async Task Should_look_into_the_image_if_the_environment_has_no_cutax()
    {
        _disk.AddFile("/usr/bin/python3", new MockFileData(""));
        _disk.AddFile("/opt/bin/apptainer", new MockFileData(""));
        _disk.AddDirectory(Image);
        var programs = new Programs(("/usr/bin/python3", 20, "no cutax"), ("/opt/bin/apptainer", 0, Today.Text));

        var (found, _) = await new ContextDescriptions(Host(), programs).LookAsync(Request(), default);

        Assert.That(found!.Origin, Is.EqualTo($"the image ({Image})"));
        var asked = programs.Asked[^1];
        Assert.That(asked.Take(4), Is.EqualTo(new[] { "exec", "--bind", "/data/payload:/data/payload:ro", Image }));
        Assert.That(asked, Does.Contain("--xedocs-version").And.Contain("global_v16").And.Contain("--save-peak-correlation"));
        Assert.That(asked.TakeLast(2), Is.EqualTo(new[] { "--tag", "2025.07.1" }));
        Assert.That(_disk.AllFiles, Does.Contain("/work/contexts/xenonnt_offline-global_v16-2025.07.1-peakcorr.json"), "it is kept");
    }

    [TestCase(ContextSource.Environment, "no cutax", "apptainer")]
    [TestCase(ContextSource.Image, "there is neither apptainer nor singularity in $PATH", "no cutax")]
    [TestCase(ContextSource.Auto, "no cutax; there is neither apptainer nor singularity in $PATH", "nothing")]
    public async Task Should_say_why_there_is_none(ContextSource from, string words, string not)
    {
        _disk.AddFile("/usr/bin/python3", new MockFileData(""));
        var programs = new Programs(("/usr/bin/python3", 20, "no cutax"));

        var (found, why) = await new ContextDescriptions(Host(), programs).LookAsync(Request() with { From = from }, default);

        Assert.That(found, Is.Null);
        Assert.That(why, Does.Contain(words).And.Not.Contain(not));
    }

    [Test]
    public void Should_take_no_tree_of_another_straxen() =>
        Assert.That(
            Assert
                .Throws<UsageException>(() => new ContextDescriptions(Host(), null).BuiltInTree(Request(), "it is a test", "3.1.2"))!
                .Message,
            Does.Contain("there is no description of context 'xenonnt_offline'").And.Contain("context_description.py")
        );

    private static DescriptionRequest Request() =>
        new("xenonnt_offline", "global_v16", "2025.07.1", "/work") { Image = Image, SavesPeakCorrelation = true };

    private HostEnvironment Host() =>
        new()
        {
            Disk = _disk,
            Variables = new Dictionary<string, string> { ["PATH"] = "/opt/bin:/usr/bin" },
            HostName = "here",
            DemoWorkDir = "/demo",
            User = "op",
            Home = "/home/op",
            Now = DateTimeOffset.UnixEpoch,
            WorkingDirectory = "/",
            DataFolder = "/data",
        };

    private sealed class Programs(params (string Program, int Code, string Says)[] answers) : IProgramRunner
    {
        public List<ImmutableArray<string>> Asked { get; } = [];

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            Asked.Add(arguments);
            var (_, code, says) = answers.Single(a => a.Program == program);
            return Task.FromResult(new ProgramResult(code, code == 0 ? says : "", code == 0 ? "" : says));
        }
    }
}
