using System.Diagnostics;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Payload;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary>The configuration that travels with the jobs.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReducedConfigTests
{
    private const string Path = "/home/tester/.xenon_config",
        Outsource = "[Outsource]\nraw_records_rse = A, B\nrecords_rse = C\npeaklets_rse = D\nevents_rse = E\nwork_dir = /not/for/jobs\n";

    private static readonly string[] Levels = ["debug", "Warning", "DEBUG   # loud", "LOUD"];

    private static string Reduced(
        string config,
        Func<OutsourceSettings, OutsourceSettings>? change = null,
        params (string, string)[] variables
    ) => ReducedConfig.Of(Given.Host(Given.Disk((Path, config)), variables), Given.Loaded(change));

    private static string? Value(string reduced, string key, string section = "RunDB") =>
        XenonConfigFile.Of(reduced, "/shipped", _ => null).Find(section, key)?.Text;

    [Test]
    public void Should_have_what_is_read_at_import_if_the_operator_has_none_of_it()
    {
        var reduced = Reduced(Outsource);

        Assert.That(
            reduced,
            Is.EqualTo(
                """
                # Only the keys of the operator's configuration that the jobs need.
                [basic]
                [RunDB]
                xent_url = not-configured.invalid:27017
                xent_user = not-configured
                xent_password = not-configured
                xent_database = xenonnt
                xe1t_url = not-configured.invalid:27017
                xe1t_user = not-configured
                xe1t_password = not-configured
                xe1t_database = run
                [Outsource]
                raw_records_rse = A, B
                records_rse = C
                peaklets_rse = D
                events_rse = E

                """.ReplaceLineEndings("\n")
            )
        );
    }

    [Test]
    public void Should_take_what_the_operator_has_and_leave_at_home_what_no_job_uses()
    {
        var reduced = Reduced(
            "[basic]\nlogging_level = INFO\n[RunDB]\nrundb_api_url = https://a/b/\nrundb_api_user = me\nrundb_api_password = "
                + "API\nrundb_retry = 5\ntk_rundb_api_url = https://t\nxent_url = a:1, b:2\nxent_user = u\nxent_password = X%40\n"
                + "xent_database = d\nxe1t_url = c:3\nxe1t_user = v\nxe1t_password = ONE-T\nxe1t_database = e\nforce_single_server "
                + "=\nread_preference = nearest\ndirect_connection = False\nmax_pool_size = 7 # few\npymongo_password = "
                + "P\n[rundb_admin]\nmongo_rdb_password = ADMIN\n"
                + Outsource
        );

        Assert.Multiple(() =>
        {
            Assert.That(Value(reduced, "logging_level", "basic"), Is.EqualTo("INFO"));
            Assert.That(Value(reduced, "rundb_api_url"), Is.EqualTo("https://a/b"), "utilix puts /login behind it");
            Assert.That(Value(reduced, "tk_rundb_api_url"), Is.EqualTo("https://t"));
            Assert.That(Value(reduced, "rundb_api_password"), Is.EqualTo("API"));
            Assert.That(Value(reduced, "xent_url"), Is.EqualTo("a:1,b:2"), "utilix takes the blank for part of the host");
            Assert.That(Value(reduced, "xent_password"), Is.EqualTo("X%40"));
            Assert.That(Value(reduced, "xe1t_url"), Is.EqualTo("c:3"));
            Assert.That(Value(reduced, "xe1t_user"), Is.EqualTo("v"));
            Assert.That(Value(reduced, "force_single_server"), Is.Empty, "empty means no, and no key means yes");
            Assert.That(Value(reduced, "read_preference"), Is.EqualTo("nearest"));
            Assert.That(Value(reduced, "direct_connection"), Is.EqualTo("false"), "pymongo takes no other word");
            Assert.That(Value(reduced, "max_pool_size"), Is.EqualTo("7"), "Python takes the comment for part of it");
            Assert.That(
                reduced,
                Does.Not.Contain("rundb_retry")
                    .And.Not.Contain("ONE-T")
                    .And.Not.Contain("pymongo")
                    .And.Not.Contain("ADMIN")
                    .And.Not.Contain("work_dir")
            );
        });
    }

    [TestCase("<ask teamA>")]
    [TestCase("")]
    public void Should_take_a_placeholder_for_nothing(string value)
    {
        var reduced = Reduced($"[RunDB]\nxe1t_url = {value}\nxent_password = {value}\nrundb_api_password = {value}\n{Outsource}");

        Assert.That(Value(reduced, "xe1t_url"), Is.EqualTo("not-configured.invalid:27017"));
        Assert.That(Value(reduced, "xent_password"), Is.EqualTo("not-configured"));
        Assert.That(Value(reduced, "rundb_api_password"), Is.Null);
    }

    [Test]
    public void Should_take_no_password_of_the_run_db_along_if_nothing_is_entered()
    {
        var reduced = Reduced(
            "[RunDB]\nrundb_api_user = me\nrundb_api_password = API\nxent_password = X\n" + Outsource,
            s => s with { Debug = true }
        );

        Assert.That(Value(reduced, "rundb_api_password"), Is.Null);
        Assert.That(Value(reduced, "xent_password"), Is.EqualTo("X"));
    }

    [Test]
    public void Should_hide_every_secret_and_nothing_else_in_what_is_fingerprinted()
    {
        const string Config =
            "[RunDB]\nrundb_api_user = me\nrundb_api_password = API-SECRET\nxent_user = u\nxent_password = X-SECRET\nxe1t_password = "
            + "Y-SECRET\n"
            + Outsource;
        var shown = ReducedConfig.WithoutSecrets(Given.Host(Given.Disk((Path, Config))), Given.Loaded());

        Assert.That(shown, Does.Not.Contain("SECRET").And.Contain("xent_user = u").And.Contain("rundb_api_user = me"));
    }

    [TestCaseSource(nameof(Levels))]
    public void Should_refuse_a_level_that_utilix_stops_on(string level)
    {
        var fixture = new LoaderFixture { ConfigText = $"[basic]\nlogging_level = {level}\n{new LoaderFixture().Config()}" };

        Assert.That(
            fixture.Faults().Single(),
            Does.StartWith(
                $"{LoaderFixture.ConfigPath}:2: [basic] logging_level '{level}' is not one of NOTSET, DEBUG, INFO, WARNING, ERROR, "
                    + "CRITICAL. The import of the jobs' packages would fail."
            )
        );

        fixture.Arguments = ["--payload=canary"];
        Assert.That(() => fixture.Load(), Throws.Nothing, "a canary imports none of them");
    }

    [TestCase("xent_password", "hunter2@x", ExpectedResult = true)]
    [TestCase("xe1t_password", "hunter2/x", ExpectedResult = false)]
    [TestCase("xent_user", "a:b", ExpectedResult = true)]
    [TestCase("xe1t_url", "mongodb://hunter2:27017", ExpectedResult = true)]
    [TestCase("xent_url", "host:port", ExpectedResult = true)]
    [TestCase("direct_connection", "maybe", ExpectedResult = true)]
    [TestCase("read_preference", "Nearest", ExpectedResult = true)]
    [TestCase("max_pool_size", "many", ExpectedResult = true)]
    public bool Should_refuse_what_ends_the_import_without_showing_a_secret(string key, string value)
    {
        var fixture = new LoaderFixture();
        fixture.RunDbKeys[key] = value;
        try
        {
            fixture.Load();
            return false;
        }
        catch (UsageException error)
        {
            Assert.That(error.Message, Does.Contain(key).And.Not.Contain("hunter2"));
            return true;
        }
    }

    [Test]
    [Platform("Unix")]
    public void Should_say_the_same_to_python_as_the_operators_own_file()
    {
        const string Config = """
            [DEFAULT]
            xent_database = inherited
            [basic]
            logging_level: INFO
            [RunDB]
            rundb_api_url = https://rundb.invalid:5000
            rundb_api_user = me
            rundb_api_password = %a%(b)s%%c ; d # e = f: "g" 'h' \i $SET ${SET}x $$ ü 100%
            xent_url = a.invalid:1,b.invalid:2
            xent_user = u
              
            xent_password = p%40%2F$UNSET
            [Outsource]
            raw_records_rse = A,
              B,
              # not C

              D
            records_rse = $SET
            peaklets_rse = P
            events_rse=E

            """;
        var folder = Directory.CreateTempSubdirectory("outsource-reduced-").FullName;
        try
        {
            var own = System.IO.Path.Combine(folder, "own");
            File.WriteAllText(own, Config);
            var shipped = System.IO.Path.Combine(folder, "shipped");
            var host = Given.Host(new FileSystem(), ("SET", "value"));
            File.WriteAllText(shipped, ReducedConfig.Of(host, Given.Loaded(s => s with { ConfigFile = own })));

            var (before, after) = (AsUtilixReads(own, ("SET", "value")), AsUtilixReads(shipped));

            Assert.Multiple(() =>
            {
                Assert.That(
                    before["RunDB rundb_api_password"],
                    Does.StartWith("%a%(b)s%%c ; d # e = f: \"g\" 'h' \\i value valuex $$ ü 100%")
                );
                foreach (var (key, value) in before)
                {
                    Assert.That(after.GetValueOrDefault(key), Is.EqualTo(value), key);
                }

                Assert.That(after["RunDB xe1t_url"], Is.EqualTo("not-configured.invalid:27017"));
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The values as utilix 0.5.0 to 0.12.1 reads them: Python's own configparser, in which a value's variables are expanded, and nothing
    /// else.
    /// </summary>
    private static Dictionary<string, string> AsUtilixReads(string path, params (string Name, string Value)[] variables)
    {
        const string Program = """
            import configparser, json, os, sys
            class Interpolation(configparser.BasicInterpolation):
                def before_get(self, parser, section, option, value, defaults):
                    return os.path.expandvars(value)
            parser = configparser.ConfigParser(interpolation=Interpolation())
            parser.read_file(open(sys.argv[1], encoding="utf-8"))
            print(json.dumps({f"{s} {o}": parser.get(s, o) for s in parser.sections() for o in parser.options(s) if s != "DEFAULT" and not (o == "xent_database" and s != "RunDB")}))
            """;
        var start = new ProcessStartInfo(PayloadTests.Python, ["-c", Program, path]) { RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            var (exitCode, text) = process.FinishWithOutput();
            Assert.That(exitCode, Is.Zero);
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"there is no '{PayloadTests.Python}' on this machine, so what Python reads is not tested here.");
            return [];
        }
    }
}
