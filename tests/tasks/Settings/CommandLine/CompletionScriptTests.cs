using Outsource.Build.Tools.TestSuite;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Settings.CommandLine;

/// <summary>The completion script, sourced by real shells that are asked as they ask when Tab is pressed.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class CompletionScriptTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _demo = new DemoRun();
        foreach (var shell in new[] { "bash", "zsh", "fish" })
        {
            var run = _demo.Run("--target=Completion", $"--shell={shell}");
            Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
            _ = _demo.File(shell, run.Out);
        }

        _ = _demo.File("run list.txt", "");
        _ = _demo.File("run-other.txt", "");
        foreach (var name in new[] { "june-1", "june.2", ".new-june", "june $(touch oops)", "july" })
        {
            _ = Directory.CreateDirectory(_demo.Generated(name));
        }

        File.WriteAllText(
            Path.Combine(_demo.Generated("july"), "runs.jsonl"),
            """
            {"schema":"outsource/runs/1"}
            {"number":61001,"mode":"tpc_bkg","source":"none"}
            {"number":61002,"mode":"tpc_kr83m","source":"kr-83m"}
            {"number":61003,"mode":"tpc_$(touch oops)","source":"`touch oops`"}

            """
        );
        _ = Directory.CreateDirectory(Path.Combine(_demo.Home, "my work", "generated", "mine"));
        _ = _demo.File("own.ini", "[RunDB]\nwork_dir = /wrong\n[Outsource]\nuser = x\nwork_dir = ${HOME}/my work\n");
        _ = _demo.File("loop.ini", "[Outsource]\nwork_dir = $LOOP/x\n");
    }

    [OneTimeTearDown]
    public void TearDown() => _demo.Dispose();

    [TestCase("./build.sh --target=Dr", "Draw DryRun")]
    [TestCase("./build.sh -t Subm", "Submit")]
    [TestCase("outsource --target Stat", "Statistics Status")]
    [TestCase("outsource --ver", "--verbosity= --version")]
    [TestCase("outsource --target=DryRun --accept-i", "--accept-image-mismatch")]
    [TestCase("outsource --target=Status --w", "--watch --working=")]
    [TestCase("outsource --target Status --me", "")]
    [TestCase("outsource -t Resubmit --me", "--memory-factor=")]
    [TestCase(
        "outsource --target=Remove --",
        "--cause= --config= --demo --description --dryrun --help --info --log= --name= --set= --target= --tree --verbosity= --version "
            + "--working= --yes"
    )]
    [TestCase("outsource --format=", "svg dot")]
    [TestCase("outsource --verbosity=q", "quiet")]
    [TestCase("outsource --detector=t", "tpc")]
    [TestCase("outsource --payload=c", "canary")]
    [TestCase("outsource --rundb=", "rest mongo file:")]
    [TestCase("outsource --runlist=run", "run list.txt|run-other.txt")]
    [TestCase("outsource --config run-", "run-other.txt")]
    [TestCase("outsource --rundb=file:run-", "run-other.txt")]
    [TestCase("outsource --rucio file:run-", "run-other.txt")]
    [TestCase("outsource --rundb=run-", "")]
    [TestCase("outsource --run=7157,", "")]
    [TestCase("outsource --nosuch=", "")]
    [TestCase("outsource --target=Report --name=", "july june-1 june.2")]
    [TestCase("outsource --name june-", "june-1")]
    [TestCase("outsource --demo --name=jul", "july")]
    [TestCase("outsource --with=jul", "july")]
    [TestCase("outsource --with=run-", "run-other.txt")]
    [TestCase("outsource --config=own.ini --name=", "mine")]
    [TestCase("outsource --config own.ini --target=Status --name ", "mine")]
    [TestCase("outsource --config=nothing.ini --name=", "")]
    [TestCase("outsource --config=/ --name=", "")]
    [TestCase("outsource --config=loop.ini --name=", "")]
    [TestCase("outsource --mode=", "tpc_bkg tpc_commissioning_pmtap tpc_kr83m tpc_pmtap tpc_pmtgain")]
    [TestCase("outsource --mode=tpc_bkg,tpc_k", "tpc_bkg,tpc_kr83m")]
    [TestCase("outsource --source=", "kr-83m none")]
    [TestCase("outsource --detector ", "all muon_veto neutron_veto tpc")]
    [TestCase("outsource --set=max", "max_run_number= max_daily= max_num= max_memory= max_parallel_requests=")]
    [TestCase("outsource --set dty", "dtypes=")]
    [TestCase("outsource --set=dtypes=led", "led_calibration")]
    [TestCase("outsource --set dtypes=led", "led_calibration")]
    [TestCase("outsource --set=dtypes=peaklets,led", "peaklets,led_calibration")]
    [TestCase("outsource --set=us_only=", "False True")]
    [TestCase("outsource --set=exclude_modes=tpc_k", "tpc_kr83m")]
    [TestCase("outsource --set=include_sources=k", "kr-83m")]
    [TestCase("outsource --set=records_rse=SDSC_U", "SDSC_USERDISK")]
    [TestCase("outsource --set=max_daily=", "")]
    [TestCase("./build.sh help Re", "Reconcile Relay Release Remove Report Resubmit")]
    [TestCase("./build.sh he", "help")]
    public void Should_offer_in_bash(string typed, string offered)
    {
        var words = Bash(typed);

        Assert.That(
            string.Join(offered.Contains('|', StringComparison.Ordinal) ? "|" : " ", words.Order(StringComparer.Ordinal)),
            Is.EqualTo(
                string.Join(
                    offered.Contains('|', StringComparison.Ordinal) ? "|" : " ",
                    offered.Split(offered.Contains('|', StringComparison.Ordinal) ? '|' : ' ').Order(StringComparer.Ordinal)
                )
            )
        );
    }

    [Test]
    public void Should_offer_every_target_and_option_of_help()
    {
        var help = HelpText.Render([]);
        var options = Bash("outsource --");
        Assert.That(File.Exists(Path.Combine(_demo.Folder, "oops")), Is.False, "a name was run");
        Assert.That(
            options.Select(o => o.TrimEnd('=')),
            Is.EquivalentTo(OptionCatalog.Ours.Concat(OptionCatalog.Cakes).Select(o => "--" + o.Name))
        );
        Assert.That(options, Has.All.Matches<string>(o => help.Contains(o, StringComparison.Ordinal)));

        var targets = Bash("outsource --target=");
        var described = _demo.Run("--description").Out;
        Assert.That(targets, Has.Count.GreaterThan(20).And.All.Matches<string>(t => described.Contains(t, StringComparison.Ordinal)));
        Assert.That(targets, Is.SupersetOf(new[] { "DryRun", "Submit", "Report", "Completion" }));
    }

    [Test]
    public void Should_replace_only_what_stands_behind_the_breaks_of_bash()
    {
        // With '=' no break, the whole word is replaced; with ':' one, what stands behind it.
        Assert.That(Bash("outsource --target=Dr", breaks: " \t\n"), Is.EquivalentTo(new[] { "--target=Draw", "--target=DryRun" }));
        Assert.That(Bash("outsource --rundb=f", breaks: " \t\n=:"), Is.EqualTo(new[] { "file:" }));
    }

    [TestCase("./build.sh --target=Dr", "--target=Draw --target=DryRun")]
    [TestCase("outsource --target Subm", "Submit")]
    [TestCase("outsource --verbosity=q", "--verbosity=quiet")]
    [TestCase("outsource --snap", "--snapshot-selected-only")]
    [TestCase("outsource --target=Status --w", "--watch --working=")]
    [TestCase("outsource -t Resubmit --me", "--memory-factor=")]
    [TestCase("outsource --config=run-", "--config=run-other.txt")]
    [TestCase("outsource --config run-", "run-other.txt")]
    [TestCase("outsource --config=nothing", "")]
    [TestCase("outsource --rundb=file:run-", "--rundb=file:run-other.txt")]
    [TestCase("outsource --rundb=run-", "")]
    [TestCase("outsource --name=june-", "--name=june-1")]
    [TestCase("outsource --config=own.ini --name=", "--name=mine")]
    [TestCase("outsource --mode=tpc_bkg,tpc_k", "--mode=tpc_bkg,tpc_kr83m")]
    [TestCase("outsource --source=k", "--source=kr-83m")]
    [TestCase("outsource --set=dtypes=peaklets,led", "--set=dtypes=peaklets,led_calibration")]
    [TestCase("outsource --set dtypes=led", "dtypes=led_calibration")]
    [TestCase("./build.sh help Rem", "Remove")]
    public void Should_offer_in_zsh(string typed, string offered)
    {
        if (!File.Exists("/usr/bin/zsh"))
        {
            Assert.Ignore("/usr/bin/zsh is not there (Debian: zsh), so its completion is not tried.");
        }

        var run = ProgramRun
            .Start(
                "zsh",
                [
                    "-f",
                    "-c",
                    $"source ./zsh; COMP_LINE='{typed}'; COMP_POINT=${{#COMP_LINE}}; emulate -L ksh; _outsource; printf '%s\\n' "
                        + "\"${COMPREPLY[@]}\"",
                ],
                _demo.Folder,
                Variables(("ZDOTDIR", _demo.Home))
            )
            .End();

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(
            run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Is.EqualTo(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        );
    }

    [TestCase("./build.sh --target=Dr", "--target=Draw --target=DryRun")]
    [TestCase("outsource -t Dr", "Draw DryRun")]
    [TestCase("outsource --verbosity=q", "--verbosity=quiet")]
    [TestCase("outsource --target=Status --w", "--watch --working")]
    [TestCase("outsource --target=DryRun --wat", "")]
    [TestCase("outsource --config=run-", "--config=run-other.txt")]
    [TestCase("outsource --name=june-", "--name=june-1")]
    [TestCase("outsource --config=own.ini --name=m", "--name=mine")]
    [TestCase("outsource --mode=tpc_k", "--mode=tpc_kr83m")]
    [TestCase("outsource --source=k", "--source=kr-83m")]
    [TestCase("outsource --set=dtypes=peaklets,led", "--set=dtypes=peaklets,led_calibration")]
    [TestCase("outsource --set dtypes=led", "dtypes=led_calibration")]
    [TestCase("./build.sh help Rem", "Remove")]
    public void Should_offer_in_fish(string typed, string offered)
    {
        if (!File.Exists("/usr/bin/fish"))
        {
            Assert.Ignore("/usr/bin/fish is not there (Debian: fish), so its completion is not tried.");
        }

        var run = ProgramRun
            .Start(
                "fish",
                ["--no-config", "-c", $"source ./fish; complete -C '{typed}'"],
                _demo.Folder,
                Variables()
            )
            .End();

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(
            run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[0]).Order(StringComparer.Ordinal),
            Is.EqualTo(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        );
    }

    [Test]
    public void Should_refuse_another_shell()
    {
        var run = _demo.Run("--target=Completion", "--shell=tcsh");
        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain("tcsh").And.Contain("bash").And.Contain("zsh").And.Contain("fish"));
    }

    private Dictionary<string, string?> Variables(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string?>
        {
            ["HOME"] = _demo.Home,
            ["OUTSOURCE_DEMO"] = _demo.WorkDir,
            ["XENON_CONFIG"] = null,
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }

    private List<string> Bash(string typed, string breaks = " \t\n\"'><=;|&(:")
    {
        var run = ProgramRun
            .Start(
                "bash",
                [
                    "--noprofile",
                    "--norc",
                    "-c",
                    "source ./bash; COMP_WORDBREAKS=$BREAKS; COMP_LINE=$TYPED; COMP_POINT=${#COMP_LINE}; _outsource; "
                        + "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"",
                ],
                _demo.Folder,
                Variables(("TYPED", typed), ("BREAKS", breaks), ("LOOP", "/$LOOP"))
            )
            .End();
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        return [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
