using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Scenarios;

/// <summary>A bad day of the demo on this machine, and what Doctor says and does about it.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DoctorTests
{
    private DirectoryInfo _root = null!;

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("outsource-doctor-");

    [TearDown]
    public void TearDown() => _root.Delete(recursive: true);

    [Test]
    public async Task Should_name_causes_and_treat_one_after_the_other_if_jobs_fail_on_purpose()
    {
        var bad = Program(
            "--target=Submit",
            "--run=61030",
            "--name=w",
            "--local-fault=61030:peaklets:0=kill",
            "--local-fault=61030:peaklets:1=disk-full",
            "--canary-fail=61030:peaklets:2"
        );
        Assert.That(bad.ExitCode, Is.EqualTo(1), bad.Out + bad.Error);

        var looked = Program("--target=Doctor", "--name=w", "--json");

        Assert.That(looked.ExitCode, Is.Zero, looked.Error);
        var promised = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "doctor.schema.json"))
            .ConfigureAwait(false);
        Assert.That(promised.Validate(looked.Out).Select(e => e.ToString()), Is.Empty, looked.Out);
        using var document = JsonDocument.Parse(looked.Out);
        var groups = document
            .RootElement.GetProperty("groups")
            .EnumerateArray()
            .ToDictionary(g => g.GetProperty("cause").GetString()!, g => g.GetProperty("jobs").GetInt32());
        Assert.That(
            groups,
            Is.EquivalentTo(
                new Dictionary<string, int>
                {
                    ["memory-exceeded"] = 1,
                    ["disk-exceeded"] = 1,
                    ["processing-failed"] = 1,
                }
            ),
            looked.Out
        );
        Assert.That(groups.Values.Sum(), Is.EqualTo(document.RootElement.GetProperty("jobs").GetInt32()));

        var read = Program("--target=Doctor", "--name=w");
        Assert.That(
            read.Out,
            Does.Contain("./build.sh --target=Resubmit --name=w --cause=memory-exceeded --memory-factor=")
                .And.Contain("./build.sh --target=Resubmit --name=w --cause=disk-exceeded --disk-factor=")
                .And.Contain("./build.sh --target=Resubmit --name=w --cause=processing-failed")
        );
        Assert.That(Program("--target=Report", "--name=w").ExitCode, Is.Zero);
        Assert.That(
            File.ReadAllText(Path.Combine(_root.FullName, "work/generated/w/report.html")),
            Does.Contain("Failed and held jobs by cause")
        );

        var unknown = Program("--target=Doctor", "--name=w", "--treat=nothing-such", "--yes");
        Assert.That((unknown.ExitCode, unknown.Error.Contains("Its causes are ", StringComparison.Ordinal)), Is.EqualTo((2, true)));
        var asked = Program("--target=Doctor", "--name=w", "--treat=disk-exceeded");
        Assert.That((asked.ExitCode, asked.Error), Is.EqualTo((2, asked.Error)));
        Assert.That(asked.Error, Does.Contain("repeat the command with --yes"));

        var treated = Program("--target=Doctor", "--name=w", "--treat=disk-exceeded", "--yes");

        Assert.That(treated.ExitCode, Is.EqualTo(1), "two other jobs are skipped: " + treated.Out + treated.Error);
        var rest = Program("--target=Doctor", "--name=w", "--json").Out;
        Assert.That(rest, Does.Not.Contain("disk-exceeded").And.Contain("memory-exceeded").And.Contain("processing-failed"), rest);
        Assert.That(Program("--target=Doctor", "--name=w", "--treat=memory-exceeded", "--yes").ExitCode, Is.EqualTo(1));
        var last = Program("--target=Doctor", "--name=w").Out;
        Assert.That(last, Does.Contain("1 job failed, 0 held, of 1 cause.").And.Contain("processing-failed"));
    }

    [Test]
    public void Should_say_which_line_is_wrong_if_the_table_is()
    {
        Assert.That(Program("--target=Submit", "--run=61030", "--name=w").ExitCode, Is.Zero);
        var tables = _root.CreateSubdirectory("tables");
        File.WriteAllText(Path.Combine(tables.FullName, "causes.yml"), "schema: outsource/causes/1\ncauses:\n  a: {titel: x}\n");

        var run = Program("--target=Doctor", "--name=w", "--set", $"tables_folder={tables.FullName}");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.Contain("causes.yml:3: cause 'a': unknown key 'titel' (did you mean 'title'?)."));
        Assert.That(Program("--target=Doctor", "--name=w").Out, Does.Contain("0 jobs failed, 0 held"));
    }

    private ProgramRun Program(params string[] args)
    {
        var home = _root.CreateSubdirectory("home").FullName;
        return ProgramRun.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
            home,
            new Dictionary<string, string?> { ["HOME"] = home, ["OUTSOURCE_DEMO"] = Path.Combine(_root.FullName, "work") }
        ).End();
    }
}
