using System.Text;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Sites;
using Outsource.Model.Tables;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Tests.Foundation.Files;

/// <summary>
/// YAML that was torn, changed or planted: each is one sentence with the file's name, and never what the parser happens to throw.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class YamlReaderTests
{
    /// <summary>What makes YAML of something else, put anywhere.</summary>
    private static readonly string[] Splinters =
    [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "*a",
        "&a ",
        "null",
        "~",
        "- ",
        ": ",
        "? ",
        "|",
        ">",
        "%",
        "@",
        "`",
        "!!int ",
        "!<x> ",
        "\t",
        "\0",
        "\uFEFF",
        "\r",
        "---\n",
        "...\n",
        "{dag: \"y\"\n",
        "<<: ",
        "-1",
        "99999999999999999999",
        "é\u202E",
        "[[[[[[[[",
        "? {a: b}\n",
    ];

    [TestCase("a: \"x\"\n{dag: \"y\"\nb: \"/x\"\n")]
    [TestCase("{{{{{dag: \"xenonnt-0.dag\"")]
    [TestCase("a: [b\n")]
    [TestCase("a: 'b")]
    [TestCase("a: b\na: c\n")]
    [TestCase("%YAML 9.9\n---\na: b\n")]
    [TestCase("\0\0\0\0")]
    [TestCase("- a\n- b\n")]
    [TestCase("a")]
    [TestCase("")]
    [TestCase("a: b\n---\nc: d\n")]
    [TestCase("a: &x b\nc: *x\n")]
    [TestCase("{[a]: b}")]
    [TestCase("a: *nowhere\n")]
    [TestCase("a: &a [*a]\n")]
    public void Should_say_the_file_and_what_makes_it_if_it_is_damaged(string text) =>
        Assert.That(
            Assert.Throws<DamagedYamlException>(() => YamlReader.RootOf(text, "/work/generated/june/settings.yml"))!.Message,
            Does.StartWith("'/work/generated/june/settings.yml' is not valid: ")
                .And.EndWith(
                    ". The stage LoadConfig writes it: restore it or delete it; for a workflow that is not running, "
                        + "--target=LoadConfig --name=june makes it again."
                )
        );

    [Test]
    public void Should_not_run_out_of_stack_or_time_if_it_is_a_bomb()
    {
        var laughs = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 60; i++)
        {
            laughs.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        var many = string.Concat(Enumerable.Repeat("[", 500_000));
        foreach (
            var text in new[]
            {
                many,
                $"a: {many}",
                string.Concat(Enumerable.Range(0, 3000).Select(i => new string(' ', i) + "a:\n")),
                $"{laughs}? *a59\n: x\n",
            }
        )
        {
            Assert.That(() => YamlReader.RootOf(text, "/f.yml", YamlAliases.Allowed), Throws.TypeOf<DamagedYamlException>());
        }

        Assert.That(
            () => YamlReader.RootOf(laughs.ToString(), "/f.yml"),
            Throws.TypeOf<DamagedYamlException>().With.Message.Contains("line 2: it has an alias")
        );
        Assert.That(
            () => YamlReader.RootOf(laughs.ToString(), "/f.yml", YamlAliases.Allowed),
            Throws.TypeOf<DamagedYamlException>().With.Message.Contains("it has more than 1,000,000 values with its aliases")
        );
        Assert.That(
            YamlReader.RootOf("a: &a {x: 1}\nb: [*a, *a]\n", "/f.yml", YamlAliases.Allowed).Entries.ToList(),
            Has.Count.EqualTo(2)
        );
    }

    [Test]
    public void Should_say_a_sentence_of_every_artifact_however_it_is_mutated()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=test").ExitCode, Is.Zero);
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).DagmanEnded(1);
        _ = fixture.Read();
        var (disk, folder) = (fixture.Disk, "/work/generated/test");
        foreach (var file in new[] { SettingsArtifact.FileName, "plan.yml", "plan.jsonl" })
        {
            disk.AddFile(
                Path.Combine(folder, file),
                new System.IO.Abstractions.TestingHelpers.MockFileData(File.ReadAllText(Path.Combine(demo.Generated("test"), file)))
            );
        }

        new PlannedWorkflow
        {
            Fingerprint = "f",
            Name = "test",
            SubmitDirectory = SubmitFixture.Folder,
            Uuid = SubmitFixture.Id,
            PegasusVersion = "5",
            CondorVersion = "23",
            Command = [],
            StartCommand = [],
            PlannedAt = fixture.Now,
            Seconds = 1.5,
        }.Write(disk, folder);
        var tables = new MockTables(disk);
        var random = new Random(20261127);
        foreach (
            var path in new[] { "submission.yml", "planned.yml", SettingsArtifact.FileName, "plan.yml" }
                .Select(f => Path.Combine(folder, f))
                .Append(fixture.Submit.Notes)
                .Concat(tables.Files)
                .Append(tables.Profile)
        )
        {
            var whole = disk.File.ReadAllText(path);
            for (var i = 0; i < 200; i++)
            {
                var mutant = Mutated(whole, random);
                disk.File.WriteAllText(path, mutant);
                Assert.That(() => ReadAll(fixture, folder, tables), Throws.Nothing, $"{path}:\n{mutant}");
            }

            disk.File.WriteAllText(path, whole);
        }
    }

    [Test]
    public void Should_list_a_damaged_workflow_as_such_beside_the_others()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).DagmanEnded(0);
        fixture.Disk.File.WriteAllText("/work/generated/test/submission.yml", "a: \"x\"\n{dag: \"y\"\n");

        var status = fixture.Read(new QueueAnswer([]));

        Assert.That((status.State, status.StateWords), Is.EqualTo((WorkflowState.Succeeded, "succeeded, damaged")));
        Assert.That(
            status.Warnings.Single(),
            Does.StartWith("'/work/generated/test/submission.yml' is not valid: ").And.Contain("The stage PegasusRun writes it")
        );
    }

    /// <summary>Everything that reads YAML: it may fail, but only with a sentence.</summary>
    private static void ReadAll(SubmitFixture fixture, string folder, MockTables tables)
    {
        var disk = fixture.Disk;
        var workflow = WorkflowOnDisk.Read(disk, "/work", "test");
        _ = new StatusReader(fixture.Host, TimeZoneInfo.Utc).Read(workflow, new QueueAnswer([]), fixture.Now);
        Said(() => PlannedWorkflow.Read(disk, folder));
        Said(() => YamlFile.Read(disk, Path.Combine(folder, "submission.yml"), "outsource/submission/1"));
        Said(() => RecordedSettings.Read(disk, folder));
        Said(() =>
            SettingsArtifact.Read(
                fixture.Host with
                {
                    DataFolder = MockTables.Data,
                },
                Path.Combine(folder, SettingsArtifact.FileName)
            )
        );
        Said(() => JobPlan.Read(disk, folder));
        Said(() => TablesReader.Read(disk, Path.Combine(MockTables.Data, "tables"), null));
        Said(() => SiteProfile.Read(disk, tables.Profile).Merge("sites:\n- name: condorpool\n"));
        _ = fixture.Submit.RootId;
    }

    private static void Said(Func<object> read)
    {
        try
        {
            _ = read();
        }
        catch (OutsourceException said) when (said.Message.Length > 0)
        {
            // A sentence.
        }
    }

    private static string Mutated(string text, Random random)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            var end = Math.Min(text.Length, at + random.Next(1, 30));
            var splinter = Splinters[random.Next(Splinters.Length)];
            var lines = text.Split('\n');
            text = random.Next(6) switch
            {
                0 => text[..at],
                1 => text.Insert(at, splinter),
                2 => text[..at] + text[end..],
                3 => text[..at] + splinter + text[end..],
                4 => string.Join(
                    '\n',
                    lines.Select(
                        (line, i) =>
                            i == at % lines.Length && line.Contains(':', StringComparison.Ordinal)
                                ? line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)] + " " + splinter
                                : line
                    )
                ),
                _ => string.Join('\n', lines.Where((_, i) => i != at % lines.Length)),
            };
        }

        return text;
    }

    /// <summary>The shipped tables and the shipped site profile, in memory.</summary>
    private sealed class MockTables
    {
        public const string Data = "/shipped";

        public MockTables(System.IO.Abstractions.TestingHelpers.MockFileSystem disk)
        {
            foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "tasks", "tables")))
            {
                disk.AddFile(
                    $"{Data}/tables/{Path.GetFileName(file)}",
                    new System.IO.Abstractions.TestingHelpers.MockFileData(File.ReadAllText(file))
                );
            }
        }

        public IEnumerable<string> Files =>
            new[] { TablesReader.DataTypesFile, TablesReader.RsesFile, TablesReader.ModesFile }.Select(f => $"{Data}/tables/{f}");

        public string Profile => $"{Data}/tables/sites-local.yml";
    }
}
