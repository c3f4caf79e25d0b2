using CsCheck;
using Outsource.Foundation.Errors;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Tests.Settings.CommandLine;

public sealed class CommandLineParserTests
{
    private static readonly TaskInfo[] Tasks =
    [
        .. new[] { "Default", "DryRun", "LoadConfig", "PegasusRun", "Submit" }.Select(n => new TaskInfo(n, $"Do {n}")),
    ];

    [TestCase("--run=7157,7158")]
    [TestCase("--run=7157 7158")]
    [TestCase("--run= 7157 ,, 7158 ")]
    [TestCase("--run|7157,7158")]
    [TestCase("--run|7157 7158")]
    [TestCase("--run=7157|--run=7158")]
    [TestCase("--run|7157|--run|7158")]
    [TestCase("--RUN=7157|--Run=7158")]
    public void Should_take_lists_in_every_spelling(string typed)
    {
        Assert.That(Parse(typed).Options.Run, Is.EqualTo(new[] { "7157", "7158" }));
    }

    [TestCase("--ignore_processed", "--ignore_processed is taken as --ignore-processed")]
    [TestCase("--xedocs_version|global_v16", "--xedocs_version is taken as --xedocs-version")]
    [TestCase("--workflow_id=june", "--workflow_id is taken as --name")]
    [TestCase("--rucio_upload|--rundb_update", "--rucio_upload is taken as --rucio-upload, --rundb_update is taken as --rundb-update")]
    [TestCase("--keep_dbtoken", "--keep_dbtoken is taken as --keep-dbtoken")]
    [TestCase("--remove_heavy", "--remove_heavy is taken as --remove-heavy")]
    [TestCase("--resources_test", "--resources_test is taken as --resources-test")]
    [TestCase("--stage_out_lower", "--stage_out_lower is taken as --stage-out=lower")]
    [TestCase("--context_file=c", "--context_file is taken as --context-file")]
    public void Should_take_options_as_the_python_program_has_them(string typed, string remark)
    {
        Assert.That(Parse(typed).Remarks, Is.EqualTo(new[] { $"{remark}: options have '-' here, not '_'." }));
    }

    [TestCase("--stage-out-lower|--stage-out-upper", "lower upper")]
    [TestCase("--stage-out=lower,upper", "lower upper")]
    [TestCase("--stage-out-combine=true", "combine")]
    [TestCase("--stage-out-combine=false", "")]
    public void Should_take_switches_for_entries_of_a_list(string typed, string levels)
    {
        var invocation = Parse(typed);
        Assert.That(string.Join(' ', invocation.Values(OptionCatalog.ByName["stage-out"])), Is.EqualTo(levels));
        Assert.That(invocation.Remarks, Is.Empty);
    }

    [TestCase("--workflow-id=june")]
    [TestCase("--workflow-id|june")]
    [TestCase("--name=june|--workflow-id=june")]
    public void Should_take_the_name_by_either_option(string typed) => Assert.That(Parse(typed).Options.Name, Is.EqualTo("june"));

    [TestCase("--plan=by-level", "by-level", null)]
    [TestCase("--plan=0123456789ab", null, "0123456789ab")]
    [TestCase("--plan=by-level|--plan=0123456789ab", "by-level", "0123456789ab")]
    public void Should_know_a_kind_of_plan_from_a_digest(string typed, string? kind, string? digest)
    {
        var invocation = Parse(typed);
        Assert.That(invocation.Values(OptionCatalog.ByName["plan"]).SingleOrDefault(), Is.EqualTo(kind));
        Assert.That(invocation.Options.PlanDigest, Is.EqualTo(digest));
    }

    [TestCase("--rucio-upload=false", "false")]
    [TestCase("--rucio-upload", "")]
    [TestCase("--debug=false", null)]
    public void Should_know_a_switch_that_is_off(string typed, string? value)
    {
        var given = Parse(typed).Given;
        Assert.That(given.Values.Select(v => string.Join(' ', v)).SingleOrDefault(), Is.EqualTo(value));
    }

    [TestCase("help", "Default", TestName = "Should_take_help_as_a_word")]
    [TestCase("help|submit", "Submit", TestName = "Should_take_help_of_a_target_as_words")]
    [TestCase("HELP|--verbosity=quiet", "Default", TestName = "Should_take_help_as_a_word_before_options")]
    public void Should_take_help(string typed, string target)
    {
        var invocation = Parse(typed);
        Assert.That((invocation.Help, invocation.Task), Is.EqualTo((true, target)));
    }

    [TestCase("help|preview", TestName = "Should_take_help_of_a_word_that_other_programs_use")]
    [TestCase("--target=Preview|--help", TestName = "Should_take_help_of_such_a_word_as_an_option")]
    public void Should_show_what_a_word_means_here(string typed)
    {
        var invocation = Parse(typed);
        Assert.That((invocation.Help, invocation.Task), Is.EqualTo((true, "DryRun")));
        Assert.That(
            TargetSynonyms.Explained(invocation),
            Does.Match("^There is no target '[Pp]review'. What it usually means is DryRun.\n\n$")
        );
        Assert.That(TargetSynonyms.Explained(Parse("help|DryRun")), Is.Empty);
    }

    [TestCase("help|Sumbit", TestName = "Should_not_guess_if_a_word_is_only_like_a_target")]
    public void Should_refuse_help(string typed) => Assert.That(() => Parse(typed), Throws.TypeOf<UsageException>());

    [TestCase("", "Default")]
    [TestCase("--target=Submit", "Submit")]
    [TestCase("--target|submit", "Submit")]
    [TestCase("-t|DryRun", "DryRun")]
    [TestCase("-t=dryrun", "DryRun")]
    [TestCase("--Target=Submit|--target=Submit", "Submit")]
    public void Should_take_the_target_in_every_spelling(string typed, string target)
    {
        var invocation = Parse(typed);
        Assert.That(invocation.Task, Is.EqualTo(target));
        Assert.That(invocation.CakeArguments, Does.Contain($"--target={target}"));
    }

    [TestCase("--debug", true)]
    [TestCase("--debug=true", true)]
    [TestCase("--DEBUG=True", true)]
    [TestCase("--debug=false", false)]
    [TestCase("", false)]
    public void Should_take_switches_with_and_without_a_value(string typed, bool on)
    {
        Assert.That(Parse(typed).Has(OptionCatalog.ByName["debug"]), Is.EqualTo(on));
        Assert.That(Parse(typed).Values(OptionCatalog.ByName["debug"]), Is.Empty);
    }

    [TestCase("--tree")]
    [TestCase("--showtree")]
    [TestCase("--description")]
    [TestCase("--descriptions")]
    [TestCase("--showdescription")]
    [TestCase("--showdescriptions")]
    [TestCase("--dryrun")]
    [TestCase("--noop")]
    [TestCase("--whatif")]
    [TestCase("--version")]
    [TestCase("--ver")]
    [TestCase("--info")]
    [TestCase("--help")]
    [TestCase("-h")]
    public void Should_only_look_if_asked_to(string typed)
    {
        Assert.That(Parse(typed).OnlyLooks, Is.True);
    }

    [TestCase("-v|diagnostic", "diagnostic")]
    [TestCase("--verbosity=Q", "quiet")]
    [TestCase("", "normal")]
    public void Should_take_the_verbosity_by_name_or_letter(string typed, string verbosity)
    {
        Assert.That(Parse(typed).Verbosity, Is.EqualTo(verbosity));
    }

    [Test]
    public void Should_hand_cake_every_option_as_one_word()
    {
        var invocation = Parse("-t|Submit|-e|--run|7157 7158|--debug|-w|/some where|--context|xenonnt_v14|--force=false");

        Assert.That(
            invocation.CakeArguments,
            Is.EqualTo(
                new[]
                {
                    "--target=Submit",
                    "--verbosity=normal",
                    "--exclusive",
                    "--context=xenonnt_v14",
                    "--debug=true",
                    "--run=7157",
                    "--run=7158",
                }
            )
        );
        Assert.That(invocation.Working, Is.EqualTo("/some where"), "the engine itself works where cake.config is");
        Assert.That(invocation.Exclusive, Is.True);
        Assert.That(invocation.OnlyLooks, Is.False);
    }

    [TestCase("--taget=Submit", "unknown option '--taget' (did you mean '--target'?): --help lists the options. Nothing was run.")]
    [TestCase("--taget|Submit", "unknown option '--taget' (did you mean '--target'?): --help lists the options. Nothing was run.")]
    [TestCase("-target=Submit", "unknown option '-target' (did you mean '--target'?): --help lists the options. Nothing was run.")]
    [TestCase("--t=Submit", "unknown option '--t' (did you mean '--to'?): --help lists the options. Nothing was run.")]
    [TestCase("---run=1", "unknown option '---run' (did you mean '--run'?): --help lists the options. Nothing was run.")]
    [TestCase("--qqqqqqqqqqqqqqqqqqqq", "unknown option '--qqqqqqqqqqqqqqqqqqqq': --help lists the options. Nothing was run.")]
    [TestCase(
        "--dry-run",
        "unknown option '--dry-run': to see what would be processed, write --target=DryRun (--dryrun only lists the tasks)."
    )]
    [TestCase("--target=Sumbit", "unknown target 'Sumbit' (did you mean 'Submit'?): --help lists the targets. Nothing was run.")]
    [TestCase(
        "--target=Qqqqqqqqqqqqqqq",
        "unknown target 'Qqqqqqqqqqqqqqq': targets are Default, DryRun, LoadConfig, PegasusRun, Submit. Nothing was run."
    )]
    [TestCase("--limit=5", "unknown option '--limit': for at most N runs write --set max_daily=N. Nothing was run.")]
    [TestCase("--led", "unknown option '--led': for LED runs write --mode=MODE; --target=Runs lists the modes. Nothing was run.")]
    [TestCase("preview", "'preview' is not an option: if you mean DryRun, write --target=DryRun (--target=DryRun --help).")]
    [TestCase("--verbosity=loud", "unknown verbosity 'loud': allowed are quiet, minimal, normal, verbose, diagnostic. Nothing was run.")]
    [TestCase(
        "--verbosity=verbos",
        "unknown verbosity 'verbos' (did you mean 'verbose'?): allowed are quiet, minimal, normal, verbose, diagnostic. Nothing was run."
    )]
    [TestCase("--run|1|2|3", "--run takes one value, so '3' is not allowed: write --run=1,2,3.")]
    [TestCase("--run=1|2", "--run takes one value, so '2' is not allowed: write --run=2.")]
    [TestCase("Submit", "'Submit' is not an option: write --target=Submit.")]
    [TestCase("--debug|true", "'true' is not an option, and --debug is a switch, write --debug or --debug=true.")]
    [TestCase("nonsense", "'nonsense' is not an option: write --option=value (--help lists the options).")]
    [TestCase("--context=", "--context has an empty value: write --context=NAME, or leave it out.")]
    [TestCase("--context|", "--context has an empty value: write --context=NAME, or leave it out.")]
    [TestCase("--run=", "--run has an empty value: write --run=N[,N…], or leave it out.")]
    [TestCase("--run=,", "--run=, contains no entry: write --run=N[,N…], or leave it out.")]
    [TestCase("--context", "--context needs a value: write --context=NAME.")]
    [TestCase("--context|--debug", "--context needs a value: write --context=NAME.")]
    [TestCase("-t", "-t needs a value: write --target=TASK.")]
    [TestCase("--context=a|--context=b", "--context is given twice, as 'a' and as 'b': it takes one value.")]
    [TestCase("--debug=maybe", "--debug is a switch and does not take the value 'maybe': write --debug, --debug=true or --debug=false.")]
    [TestCase("--debug|--debug=false", "--debug is given as true and as false: give it once.")]
    public void Should_refuse(string typed, string message)
    {
        var error = Assert.Throws<UsageException>(() => Parse(typed));
        Assert.That(error!.Message, Is.EqualTo(message));
        Assert.That(error.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public void Should_report_all_faults_together()
    {
        var error = Assert.Throws<UsageException>(() => Parse("--taget=Submit|--context=|--target=Sumbit|--verbosity=loud|--run|1|2"));
        Assert.That(error!.Faults, Has.Count.EqualTo(5));
    }

    [Test]
    public void Should_leave_a_negative_number_to_those_who_know_what_it_means()
    {
        Assert.That(Parse("--from|-5").Given["from"].Single(), Is.EqualTo("-5"));
    }

    [Test]
    public void Should_split_any_list_into_what_was_joined()
    {
        var entry = Gen.String[Gen.Char["abcXYZ019_-.+"], 1, 8];
        var separator = Gen.OneOf(",", " ", ", ", " ,", ",,", "  ", "\t");
        Gen.Select(entry.Array[1, 6], separator, separator)
            .Sample(
                (entries, between, around) =>
                    CommandLineParser.SplitList(around + string.Join(between, entries) + around).SequenceEqual(entries)
            );
    }

    [Test]
    public void Should_give_an_invocation_or_a_usage_error_whatever_is_typed()
    {
        var word = Gen.OneOf(
            Gen.String[Gen.Char["-=, abt1\"'\n"], 0, 10],
            Gen.OneOf(
                "--run",
                "--run=1",
                "--context",
                "--debug",
                "-t",
                "Submit",
                "--target=DryRun",
                "--",
                "-",
                "=",
                "--=",
                "--run=1,2",
                "-e",
                "-v",
                "q"
            )
        );
        word.Array[0, 6]
            .Sample(words =>
            {
                try
                {
                    var invocation = CommandLineParser.Parse(words, Tasks);
                    return Tasks.Any(t => t.Name == invocation.Task)
                        && invocation.CakeArguments.All(a => a.StartsWith("--", StringComparison.Ordinal));
                }
                catch (UsageException error)
                {
                    return error.Faults.Count > 0;
                }
            });
    }

    /// <summary>What Cake is handed means the same as what was typed.</summary>
    [Test]
    public void Should_parse_its_own_arguments_to_the_same()
    {
        var option = Gen.OneOf(
            Gen.Int[1, 99999].Array[1, 4].Select(runs => "--run=" + string.Join(',', runs)),
            Gen.OneOf("--debug", "--force=true", "--context=xenonnt_v14", "--mode=tpc_bkg tpc_kr83m", "-e", "--target=Submit", "-v=q")
        );
        option
            .Array[0, 5]
            .Sample(words =>
            {
                var once = CommandLineParser.Parse(words, Tasks);
                var twice = CommandLineParser.Parse(once.CakeArguments, Tasks);
                return once.CakeArguments.SequenceEqual(twice.CakeArguments)
                    && once.Given.Keys.SequenceEqual(twice.Given.Keys)
                    && once.Given.All(o => o.Value.SequenceEqual(twice.Given[o.Key]));
            });
    }

    private static Invocation Parse(string typed) => CommandLineParser.Parse(typed.Length == 0 ? [] : typed.Split('|'), Tasks);
}
