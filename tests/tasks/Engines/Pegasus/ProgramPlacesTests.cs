using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Tests.Engines.Records;

namespace Outsource.Tests.Engines.Pegasus;

[TestFixture]
internal sealed class ProgramPlacesTests
{
    private string _folder = null!;

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("outsource-places-").FullName;

    [TearDown]
    public void Clear() => Directory.Delete(_folder, recursive: true);

    [TestCase(true)]
    [TestCase(false)]
    public void Should_put_java_on_the_path_of_the_planner_if_only_its_home_is_named(bool only)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "jdk", "bin")).FullName;
        var java = Path.Combine(bin, "java");
        File.WriteAllText(java, "");
        File.SetUnixFileMode(java, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = only ? _folder : bin;
        var host = new SubmitFixture().Host with
        {
            Disk = new FileSystem(),
            Variables = new Dictionary<string, string> { ["JAVA_HOME"] = Path.Combine(_folder, "jdk"), ["PATH"] = path },
        };

        Assert.That(new ProgramPlaces(host, () => "/usr").PlannerPath(_folder), Is.EqualTo($"{_folder}/.planner-path:{path}"));

        var put = Path.Combine(_folder, ".planner-path", "java");
        Assert.That(File.Exists(put), Is.EqualTo(only));
        Assert.That(!only || File.ReadAllText(put).Contains(java, StringComparison.Ordinal));
    }
}
