using System.Diagnostics;
using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Payload;

namespace Outsource.Tests.Operator.Unpack;

/// <summary>The whole program on tarballs that canaries made.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class UnpackTests
{
    private DemoRun _demo = null!;

    private string Outputs => Path.Combine(_demo.WorkDir, "outputs", "a");

    [SetUp]
    public void Stage()
    {
        _demo = new DemoRun();
        Assert.That(_demo.Run("--target=DryRun", "--name=a", "--run=61030").ExitCode, Is.Zero);
        Directory.CreateDirectory(Outputs);
        Canary("process.py", "061030-output-peaklets-0000.tar.gz", "--chunk-start", "0", "--chunk-stop", "2");
        Canary("process.py", "061030-output-peaklets-0001.tar.gz", "--chunk-start", "2", "--chunk-stop", "3");
        Canary("combine.py", "061030-peaklets-combined.tar.gz", "--chunk-stops", "2,3");
        foreach (var file in Directory.EnumerateFiles(_demo.Folder, "*.tar.gz"))
        {
            File.Move(file, Path.Combine(Outputs, Path.GetFileName(file)));
        }
    }

    [TearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public void Should_unpack_all_and_show_where_results_are()
    {
        var run = _demo.Run("--target=Unpack", "--name=a");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("combine").And.Contain("061030-output-peaklets-0001.tar.gz").And.Contain("strax_data_osg_per_chunk"));
        Assert.That(run.Out, Does.Contain($"Unpack: 3 of 3 tarballs are unpacked below {Outputs} (1 run)."));
        Assert.That(Directory.EnumerateFiles(Outputs, "*.tar.gz"), Is.Empty);
        Assert.That(Names("strax_data_osg"), Is.EqualTo(new[] { "061030-peaklets-canary" }));
        Assert.That(Names("strax_data_osg_per_chunk"), Has.Length.EqualTo(2));

        var places = _demo.Run("--target=Outputs", "--name=a");

        Assert.That(places.ExitCode, Is.Zero, places.Error);
        Assert.That(places.Out, Does.Contain(Path.Combine(Outputs, "strax_data_osg", "061030-peaklets-canary")).And.Contain("there"));

        var again = _demo.Run("--target=Unpack", "--name=a");

        Assert.That((again.ExitCode, again.Error), Is.EqualTo((3, again.Error)));
        Assert.That(again.Error, Does.Contain($"there is no tarball to unpack in '{Outputs}'"));
    }

    [Test]
    public async Task Should_name_and_leave_a_tarball_if_it_is_damaged()
    {
        var bad = Path.Combine(Outputs, "061030-output-peaklets-0001.tar.gz");
        await File.WriteAllBytesAsync(bad, (await File.ReadAllBytesAsync(bad))[..300]);
        await File.WriteAllTextAsync(bad + ".part", "");

        var run = _demo.Run("--target=Unpack", "--name=a", "--json", "--parallel=3");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Error, Does.Contain("0001.tar.gz is left: Tarball 061030-output-peaklets-0001.tar.gz is damaged"));
        Assert.That(run.Error, Does.Contain("0001.tar.gz.part is left: it was not transferred to its end"));
        Assert.That(run.Error, Does.Contain("2 of 3 tarballs are unpacked"));
        var promised = await NJsonSchema.JsonSchema.FromFileAsync(
            Path.Combine(Checkout.Root, "docs", "schemas", "unpack.schema.json")
        );
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        using var json = JsonDocument.Parse(run.Out);
        Assert.That(
            json.RootElement.GetProperty("tarballs")
                .EnumerateArray()
                .Select(t =>
                    (
                        t.GetProperty("level").GetString(),
                        t.GetProperty("state").GetString(),
                        t.GetProperty("exit_code").GetInt32(),
                        t.GetProperty("data").GetArrayLength()
                    )
                ),
            Is.EqualTo(new[] { ("lower", "unpacked", 0, 1), ("lower", "left", 30, 0), ("combine", "unpacked", 0, 1) })
        );
        Assert.That(File.Exists(bad));
    }

    [Test]
    public void Should_unpack_only_the_levels_that_are_asked_for()
    {
        var run = _demo.Run("--target=Unpack", "--name=a", "--levels=combine,upper", "--only=61030");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(Directory.EnumerateFiles(Outputs, "*.tar.gz").Count(), Is.EqualTo(2));
        Assert.That(_demo.Run("--target=Unpack", "--name=a", "--only=61031").Error, Does.Contain("run 61031 of --only is not in this"));
    }

    private string[] Names(string folder) =>
        [.. Directory.EnumerateDirectories(Path.Combine(Outputs, folder)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private void Canary(string program, string output, params string[] more)
    {
        var payload = Path.Combine(Checkout.Root, "tasks", "payload");
        File.Copy(Path.Combine(payload, "canary", program), Path.Combine(_demo.Folder, program), overwrite: true);
        File.Copy(Path.Combine(payload, "payload_common.py"), Path.Combine(_demo.Folder, "payload_common.py"), overwrite: true);
        string[] arguments = ["-B", program, "--run", "61030", "--context", "xenonnt_v14", "--data-type", "peaklets", "--output", output, .. more];
        var start = new ProcessStartInfo(PayloadTests.Python, arguments)
        {
            WorkingDirectory = _demo.Folder,
            RedirectStandardOutput = true,
        };
        start.Environment["OUTSOURCE_PAYLOAD"] = "canary";
        using var process = Process.Start(start)!;
        var (exitCode, text) = process.FinishWithOutput();
        Assert.That(exitCode, Is.Zero, text);
    }
}
