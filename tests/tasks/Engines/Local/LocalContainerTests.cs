using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Local;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class LocalContainerTests
{
    private MockFileSystem _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new MockFileSystem();

    private HostEnvironment Host =>
        new()
        {
            Disk = _disk,
            Now = DateTimeOffset.UnixEpoch,
            Variables = new Dictionary<string, string> { ["PATH"] = "/a:/b" },
            WorkingDirectory = "/",
            User = "tester",
            Home = "/",
            HostName = "here",
            DataFolder = "/",
            DemoWorkDir = "/",
        };

    [Test]
    public void Should_run_in_the_image_if_program_and_image_are_here()
    {
        _disk.AddEmptyFile("/b/apptainer");
        _disk.AddDirectory("/image");

        var choice = ContainerChoice.Of(LocalContainer.Auto, "/image", Host);

        Assert.That((choice.Program, choice.Image), Is.EqualTo(("/b/apptainer", "/image")));
        Assert.That(choice.Prefix("/work/x"), Is.SupersetOf(new[] { "/b/apptainer", "exec", "/work/x", "/image" }));
        Assert.That(
            string.Join(' ', (choice with { Binds = ["/data"] }).Prefix("/work/x")),
            Is.EqualTo("/b/apptainer exec --no-home --bind /work/x --bind /data --pwd /work/x /image")
        );
    }

    [Test]
    public void Should_stand_in_our_environment_if_the_image_is_missing()
    {
        _disk.AddEmptyFile("/a/singularity");

        var choice = ContainerChoice.Of(LocalContainer.Auto, "/image", Host);

        Assert.That(choice.Program, Is.Null);
        Assert.That(choice.Description, Does.Contain("the image '/image' is not on this machine"));
        Assert.That(choice.Prefix("/work/x"), Is.Empty);
    }

    [TestCase(false, "/image", "neither apptainer nor singularity is on PATH")]
    [TestCase(true, null, "sites.yml names no image")]
    [TestCase(true, "/image", "the image '/image' is not on this machine")]
    public void Should_say_what_is_missing_if_the_image_is_asked_for(bool program, string? image, string lack)
    {
        if (program)
        {
            _disk.AddEmptyFile("/a/apptainer");
        }

        Assert.That(
            () => ContainerChoice.Of(LocalContainer.Apptainer, image, Host),
            Throws.TypeOf<UsageException>().With.Message.Contains(lack).And.Message.Contains("local_container = none")
        );
    }
}
