using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Fetch;

/// <summary>The whole program with a folder as staging site, and with stand-ins of the gfal2 programs.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class FetchTests
{
    private const string Key = "061030-peaklets-aaaaaaaaaa-output",
        Upper = "061030-event_info-bbbbbbbbbb-output.tar.gz";

    private DemoRun _demo = null!;
    private string _site = null!;

    private string Outputs => Path.Combine(_demo.WorkDir, "outputs", "a");

    [SetUp]
    public void Stage()
    {
        _demo = new DemoRun();
        Assert.That(_demo.Run("--target=DryRun", "--name=a", "--run=61030").ExitCode, Is.Zero);
        _site = Directory.CreateDirectory(Path.Combine(_demo.Folder, "site", "a")).FullName;
        Leave($"00/00/{Key}-0000.tar.gz", "part 0");
        Leave($"00/00/{Key}-0001.tar.gz", "part 1");
        Leave($"00/01/{Key}.tar.gz", "merged");
        Leave($"00/02/{Upper}", "upper");
        Leave($"00/02/{Upper}.log", "what it printed");
        Leave("00/02/process.py", "program");
    }

    [TearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public void Should_copy_what_is_missing_and_go_on_where_it_stopped()
    {
        var first = _demo.Run("--target=Fetch", "--name=a", $"--staging={_site}", "--levels=combine,upper");

        Assert.That(first.ExitCode, Is.Zero, first.Error);
        Assert.That(
            first.Out,
            Does.Contain("Fetch: 2 files at the staging site: 2 fetched (0.0 MB), 0 there, 0 failed. They are in ")
                .And.Contain($"{Outputs}, listed in fetch.jsonl.")
        );
        Assert.That(Names(), Is.EqualTo(new[] { Upper, $"{Key}.tar.gz", "fetch.jsonl" }));

        File.WriteAllText(Path.Combine(Outputs, $"{Key}-0000.tar.gz.part"), "par");
        var second = _demo.Run("--target=Fetch", "--name=a", $"--staging={_site}", "--parallel=3");

        Assert.That(second.ExitCode, Is.Zero, second.Error);
        Assert.That(second.Out, Does.Contain("Fetch: 4 files at the staging site: 2 fetched (0.0 MB), 2 there, 0 failed."));
        Assert.That(
            File.ReadAllLines(Path.Combine(Outputs, "fetch.jsonl"))[1..],
            Has.Length.EqualTo(4)
                .And.Member($$"""{"name":"{{Key}}-0000.tar.gz","bytes":6,"adler32":"081f0208","state":"fetched"}""")
        );
    }

    [Test]
    public void Should_end_with_1_and_say_what_failed()
    {
        Directory.CreateDirectory(Path.Combine(Outputs, Upper, "in the way"));

        var run = _demo.Run("--target=Fetch", "--name=a", $"--staging={_site}");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Out);
        Assert.That(run.Error, Does.Contain("Fetch: 4 files at the staging site: 3 fetched (0.0 MB), 0 there, 1 failed."));
        Assert.That(run.Error, Does.Contain("Run the same command again"));
        Assert.That(
            File.ReadAllText(Path.Combine(Outputs, "fetch.jsonl")),
            Does.Contain($"\"name\":\"{Upper}\",\"bytes\":5,\"adler32\":null,\"state\":\"failed\",\"why\":")
        );
    }

    [Test]
    public void Should_count_what_is_at_the_site()
    {
        var run = _demo.Run("--target=Usage", "--name=a", $"--staging={_site}");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match("[|] lower +[|] +2 [|]").And.Match("[|] logs +[|] +1 [|]").And.Match("[|] all +[|] +6 [|]"));
        Assert.That(run.Out, Does.Contain("Usage: workflow 'a' has 6 files of 0.0 MB at the staging site."));
    }

    [Test]
    public async Task Should_fit_the_schema_if_asked_for_json()
    {
        var run = _demo.Run("--target=Usage", "--name=a", $"--staging={_site}", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var promised = await NJsonSchema.JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "usage.schema.json"));
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        Assert.That(run.Out, Does.Contain("\"kind\": \"combine\",\n      \"files\": 1,\n      \"bytes\": 6,"));
    }

    [Test]
    public void Should_take_the_folder_of_todays_program()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_demo.Folder, "theirs", "generated")).FullName;
        var site = new Uri(_site).AbsoluteUri;
        File.WriteAllText(
            Path.Combine(folder, "workflow.yml"),
            "pegasus: 5.0.4\nsiteCatalog:\n  sites:\n  - name: staging-davs\n    directories:\n    - type: sharedScratch\n"
                + $"      fileServers:\n      - url: {site}\n        operation: all\njobs: []\n"
        );

        var run = _demo.Run("--target=Fetch", $"--workflow={Path.GetDirectoryName(folder)}", "--levels=upper");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(File.Exists(Path.Combine(_demo.WorkDir, "outputs", "theirs", Upper)));
    }

    [Test]
    public void Should_use_the_gfal_programs_of_a_site()
    {
        var programs = StandIns();
        var demo = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "demo", ".xenon_config"));
        var withProxy = demo.Replace("\n[Outsource]\n", "\n[Outsource]\nx509_user_proxy = /the/proxy\n", StringComparison.Ordinal);
        var config = _demo.File("config", withProxy);
        string[] words = ["--target=Fetch", "--name=a", "--staging=davs://host:2880/xenon/a", $"--config={config}"];

        var run = _demo.Shell($"PATH={programs}:$PATH \"$@\"", words);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Fetch: 4 files at the staging site: 4 fetched"));
        Assert.That(File.ReadAllText(Path.Combine(Outputs, $"{Key}.tar.gz")), Is.EqualTo("merged"));
        Assert.That(_demo.Shell($"PATH={programs}:$PATH \"$@\"", words).Out, Does.Contain("0 fetched (0.0 MB), 4 there, 0 failed"));

        var silent = _demo.Shell($"PATH={programs}:$PATH SILENT=1 \"$@\"", words);

        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Error, Does.Contain("gfal-ls of davs://host:2880/xenon/a failed (exit code 110)"));
        Assert.That(silent.Error, Does.Contain("Command timed out after 1800 seconds!"));
    }

    [TestCase("--name=none", 2, "there is no workflow 'none'")]
    [TestCase("--workflow=none", 2, "--workflow=none names no workflow")]
    [TestCase("--name=a --workflow=none", 2, "--name and --workflow both name a workflow")]
    [TestCase("--name=a", 2, "workflow 'a' has no staging site")]
    [TestCase("--name=a --staging=nowhere", 1, "the staging site has no folder")]
    [TestCase("--name=a --staging=ftp://h/a", 2, "'ftp://h/a' is not the address of a staging site")]
    [TestCase("--name=a --levels=middle", 2, "middle")]
    [TestCase("--name=a --staging=. --parallel=0", 2, "--parallel=0 is not valid")]
    [TestCase("--name=a --staging=home", 3, "the staging site has no results of workflow 'a'")]
    public void Should_say_what_is_wrong(string words, int code, string why)
    {
        var run = _demo.Run(["--target=Fetch", .. words.Split(' ')]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((code, run.Error)));
        Assert.That(run.Error, Does.Contain(why));
    }

    private void Leave(string name, string text)
    {
        var path = Path.Combine(_site, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string[] Names() => [.. Directory.EnumerateFiles(Outputs).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>
    /// gfal-ls, gfal-copy and gfal-sum of a site whose folders are those of the test. They print what gfal2-util 1.9 prints, as its source
    /// says it: the columns of 'ls' with a tab after each name, 'Copying N bytes A => B', the address before a checksum, and errors with
    /// their number as exit code.
    /// </summary>
    private string StandIns()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_demo.Folder, "programs")).FullName;
        void Write(string name, string text)
        {
            var path = Path.Combine(folder, name);
            var root = $"root='{Path.GetDirectoryName(_site)}'\nplace() {{ echo \"$root/${{1#davs://host:2880/xenon/}}\"; }}";
            File.WriteAllText(path, $"#!/bin/bash\n{root}\n{text}");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Write(
            "gfal-ls",
            """
            [[ $* == "-l --time-style long-iso davs://"* ]] || { echo "usage: gfal-ls" >&2; exit 1; }
            [[ ${X509_USER_PROXY:-} == /the/proxy ]] || { echo 'gfal-ls error: 13 (Permission denied) - no proxy' >&2; exit 13; }
            [[ -z ${SILENT:-} ]] || { echo 'Command timed out after 1800 seconds!' >&2; exit 110; }
            folder=$(place "${!#}")
            [[ -d $folder ]] || { echo 'gfal-ls error: 2 (No such file or directory) - HTTP 404 : File not found' >&2; exit 2; }
            for path in "$folder"/*; do
                [[ -e $path ]] || continue
                [[ -d $path ]] && mode=drwxr-xr-x || mode=-rw-r--r--
                printf '%s %3s %-5s %-5s %9s %-11s %s\t%s\n' "$mode" 0 0 0 "$(stat -c %s "$path")" '2026-07-01 12:00' "${path##*/}" ''
            done
            """
        );
        Write(
            "gfal-copy",
            """
            source=$(place "${@: -2:1}") target=${!#}
            echo "Copying $(stat -c %s "$source") bytes ${@: -2:1} => $target"
            target=${target#file://}
            cp -- "$source" "$(printf '%b' "${target//%/\\x}")"
            """
        );
        Write(
            "gfal-sum",
            """
            [[ $2 == ADLER32 ]] || exit 1
            echo "$1 $(python3 -c 'import sys, zlib; print("%08x" % zlib.adler32(open(sys.argv[1], "rb").read()))' "$(place "$1")")"
            """
        );
        return folder.Replace(" ", "\\ ", StringComparison.Ordinal);
    }
}
