using System.IO.Abstractions.TestingHelpers;
using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.Operator.Init;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.Operator.Init;

[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class InitTests
{
    private static readonly Dictionary<string, string> Answers = new()
    {
        ["rundb_api_url"] = "http://rundb.invalid:5000",
        ["rundb_api_user"] = "xenon-admin",
        ["rundb_api_password"] = LoaderFixture.Password,
        ["work_dir"] = LoaderFixture.Work,
        ["dtypes"] = "peaklets, event_info_double",
        ["raw_records_rse"] = "UC_OSG_USERDISK",
        ["records_rse"] = "UC_MIDWAY_USERDISK",
        ["peaklets_rse"] = "UC_OSG_USERDISK",
        ["events_rse"] = "UC_MIDWAY_USERDISK",
    };

    [Test]
    public void Should_load_without_a_warning_once_the_empty_keys_are_filled_in()
    {
        var loaded = Fixture(Filled()).Load();

        Assert.Multiple(() =>
        {
            Assert.That(loaded.Warnings, Is.Empty);
            Assert.That(loaded.Notes, Is.Empty);
            Assert.That(loaded.Settings.WorkDir, Is.EqualTo(LoaderFixture.Work));
            Assert.That(loaded.Settings.RunDb.ToString(), Is.EqualTo("rest"));
        });
    }

    [Test]
    public void Should_mean_the_same_if_every_key_with_a_default_is_uncommented()
    {
        var keys = KeyCatalog.All.Where(k => !SampleConfiguration.ToFillIn(k) && k.Default is { } value && !value.Contains(' ')).ToList();
        var text = keys.Aggregate(Filled(), (t, key) => t.Replace($"\n# {key.Name} = {key.Default}\n", $"\n{key.Name} = {key.Default}\n"));
        var (commented, uncommented) = (Fixture(Filled()).Load(), Fixture(text).Load());

        Assert.That(keys, Has.Count.GreaterThan(15));
        Assert.That(uncommented.Warnings, Is.Empty);
        foreach (var key in keys.Where(k => k.Section == KeyCatalog.Outsource && k.Plan.Holds(PlanKind.ByType)))
        {
            Assert.That(uncommented.Settings.Origins[key.Name], Does.StartWith(LoaderFixture.ConfigPath), key.Name);
            var setting = SettingCatalog.All.Single(s => s.Name == key.Name);
            Assert.That(setting.Of(uncommented.Settings), Is.EqualTo(setting.Of(commented.Settings)), key.Name);
        }
    }

    [Test]
    public void Should_make_load_config_name_what_is_to_be_filled_in()
    {
        var fixture = Fixture(SampleConfiguration.Text());
        var faults = fixture.Faults();

        var needed = KeyCatalog
            .All.Where(k => k.Required && k.Plan.Holds(PlanKind.ByType))
            .Select(k =>
                $"{LoaderFixture.ConfigPath}:{fixture.Line(k.Name)}: {k.Name} is empty: {k.Meaning}. Write '{k.Name} = {k.Sample}' or similar into [Outsource]."
            );
        Assert.That(
            faults,
            Is.EqualTo(
                needed.Append(
                    $"{LoaderFixture.ConfigPath}: no run database is configured. Set rundb_api_url (rundb = rest) or xent_url (rundb = "
                        + "mongo) in [RunDB], or pass a snapshot with --rundb=file:PATH or [Outsource] rundb."
                )
            )
        );
    }

    [Test]
    public void Should_hold_every_key_with_the_words_of_help()
    {
        var text = SampleConfiguration.Text();
        var help = Regex.Replace(HelpText.Render([]), @"\s+", " ");

        Assert.Multiple(() =>
        {
            foreach (var key in KeyCatalog.All)
            {
                Assert.That(text, Does.Match($@"(?m)^# {Regex.Escape(key.Description)}\n(# Example: .*\n)?(# )?{key.Name} ="), key.Name);
                Assert.That(help, Does.Contain($" {key.Name} {key.Description} "), key.Name);
            }

            Assert.That(Regex.Count(text, @"(?m)^(# )?[a-z_0-9]+(\.TYPE|\.NAME)? ="), Is.EqualTo(KeyCatalog.All.Length));
        });
    }

    [Test]
    public void Should_hold_every_key_in_the_table_of_the_configuration_page()
    {
        // OUTSOURCE_UPDATE_README=1 writes the table anew.
        var path = Path.Combine(Checkout.Root, "docs", "configuration.md");
        var table = KeyTable.Markdown();
        if (Environment.GetEnvironmentVariable("OUTSOURCE_UPDATE_README") == "1")
        {
            File.WriteAllText(path, Regex.Replace(File.ReadAllText(path), "(?s)(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", _ => table));
        }

        Assert.That(Regex.Match(File.ReadAllText(path), "(?s)<!-- keys -->\n(.*?)<!-- /keys -->").Groups[1].Value, Is.EqualTo(table));
    }

    [TestCase("/home/op/.xenon_config", null, null)]
    [TestCase("/etc/named", "/etc/named", null)]
    [TestCase("/home/op/project/typed", "/etc/named", "typed")]
    public void Should_write_where_load_config_looks(string path, string? variable, string? argument)
    {
        var fixture = new LoaderFixture { Target = "DryRun", Arguments = argument is null ? [] : [$"--config={argument}"] };
        if (variable is not null)
        {
            fixture.Variables["XENON_CONFIG"] = variable;
        }

        Assert.That(NewConfiguration.Write(fixture.Host(), fixture.Invocation()), Is.EqualTo(path));
        Assert.That(fixture.Disk.File.ReadAllText(path), Is.EqualTo(SampleConfiguration.Text()));
        Assert.That(fixture.Disk.AllFiles, Is.EqualTo(new[] { path }));
    }

    [Test]
    public void Should_never_write_over_an_existing_one()
    {
        var fixture = new LoaderFixture();
        fixture.Disk.AddFile(LoaderFixture.ConfigPath, new MockFileData("mine"));

        var error = Assert.Throws<UsageException>(() => NewConfiguration.Write(fixture.Host(), fixture.Invocation()));

        Assert.That(
            error!.Message,
            Is.EqualTo(
                "'/home/op/.xenon_config' exists already and is not overwritten. Edit it, move it away, or pass another file with --config=FILE."
            )
        );
        Assert.That(fixture.Disk.File.ReadAllText(LoaderFixture.ConfigPath), Is.EqualTo("mine"));
    }

    [Test]
    [Platform("Unix")]
    public void Should_write_a_private_file_once_if_typed()
    {
        using var demo = new DemoRun();
        var path = Path.Combine(demo.Home, ".xenon_config");

        var first = demo.Run("--target=Init");
        var written = File.GetLastWriteTimeUtc(path);
        var second = demo.Run("--target=Init");

        Assert.Multiple(() =>
        {
            Assert.That(first.ExitCode, Is.EqualTo(0), first.Error);
            Assert.That(
                first.Out,
                Is.EqualTo(
                    $"Init: {path} is written; only you can read it. Fill in the empty keys; --target=DryRun shows what is still missing.\n"
                )
            );
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(second.ExitCode, Is.EqualTo(2));
            Assert.That(
                second.Error,
                Is.EqualTo(
                    $"Error: '{path}' exists already and is not overwritten. Edit it, move it away, or pass another file with --config=FILE.\n"
                )
            );
            Assert.That(File.GetLastWriteTimeUtc(path), Is.EqualTo(written));
            Assert.That(Directory.EnumerateFileSystemEntries(demo.Home), Has.Exactly(1).Items);
        });
    }

    [Test]
    [Platform("Unix")]
    public void Should_leave_a_link_alone_that_leads_nowhere()
    {
        using var demo = new DemoRun();
        var path = Path.Combine(demo.Home, ".xenon_config");
        File.CreateSymbolicLink(path, Path.Combine(demo.Home, "elsewhere"));

        var run = demo.Run("--target=Init");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith($"Error: '{path}' exists already"));
        Assert.That(Directory.EnumerateFileSystemEntries(demo.Home), Has.Exactly(1).Items);
    }

    private static string Filled() =>
        Answers.Aggregate(
            SampleConfiguration.Text(),
            (text, answer) => text.Replace($"\n{answer.Key} =\n", $"\n{answer.Key} = {answer.Value}\n")
        );

    private static LoaderFixture Fixture(string config) =>
        new() { ConfigText = config, Arguments = ["--context=xenonnt_v14", "--image=2024.02.1", "--context-file=/home/op/contexts.json"] };
}
