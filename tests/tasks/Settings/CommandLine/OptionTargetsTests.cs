using System.Reflection;
using Cake.Frosting;
using Outsource.Build.Hosting;
using Outsource.Foundation.Errors;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Tests.Settings.CommandLine;

/// <summary>All options × all targets: what a target does not know it refuses.</summary>
internal sealed class OptionTargetsTests
{
    private static readonly TaskInfo[] Tasks =
    [
        .. new[] { typeof(OutsourceContext).Assembly, typeof(OutsourceHost).Assembly }
            .SelectMany(a => a.GetTypes())
            .Select(t => t.GetCustomAttribute<TaskNameAttribute>()?.Name)
            .OfType<string>()
            .Select(n => new TaskInfo(n, "x")),
    ];

    private static IEnumerable<string> Targets => Tasks.Select(t => t.Name);

    [Test]
    public void Should_name_targets_that_are_if_declared()
    {
        Assert.That(
            OptionCatalog.Ours.Where(o => o.Targets.IsEmpty).Select(o => o.Name),
            Is.Empty,
            "options that no target was declared for"
        );
        Assert.That(OptionCatalog.Ours.SelectMany(o => o.Targets).Distinct().Select(t => t.ToString()), Is.SubsetOf(Targets));
        Assert.That(OptionCatalog.Ours.Where(o => o.Targets.Distinct().Count() != o.Targets.Length).Select(o => o.Name), Is.Empty);
    }

    [TestCaseSource(nameof(Targets))]
    public void Should_refuse_each_option_that_it_does_not_know_if_given(string target)
    {
        var wrong = new List<string>();
        foreach (var option in OptionCatalog.Ours)
        {
            var value =
                option.Kind == OptionKind.Repeated ? "work_dir=/x"
                : option.Allowed.IsEmpty ? "7157"
                : option.Allowed[0];
            var words = new[] { $"--target={target}", option.Kind == OptionKind.Flag ? $"--{option.Name}" : $"--{option.Name}={value}" };
            var refusal = Refusal([
                .. words,
                .. option.Name == "fail-if-shrunk" ? ["--previous=x"] : Array.Empty<string>(),
                .. target == "Explain" && option.Name != "name" ? ["--fresh"] : Array.Empty<string>(),
            ]);
            var knows = option.IsKnownTo(Enum.Parse<Target>(target));
            if (
                knows != (refusal is null)
                || (
                    !knows
                    && !refusal!.Contains(
                        $"--{option.Name} is not an option of {target}; it is an option of {string.Join(", ", option.Targets)}.",
                        StringComparison.Ordinal
                    )
                )
            )
            {
                wrong.Add($"{option.Name}: {refusal ?? "taken"}");
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [TestCase("Remove", "--only=43000", "--yes")]
    [TestCase("Hold", "--only=43000", "--yes")]
    [TestCase("Submit", "--only=61030", "--payload=canary")]
    [TestCase("Release", "--run=43001", "--yes")]
    [TestCase("Resubmit", "--run=43001", "--yes")]
    [TestCase("WriteWorkflow", "--exclude-site=X")]
    [TestCase("Status", "--runlist=/nonexistent")]
    [TestCase("Init", "--context=x")]
    [TestCase("Status", "--exclusive", "--name=x")]
    [TestCase("Explain", "--run=1", "--context=x")]
    [TestCase("Explain", "--run=1", "--fresh", "--name=x", "--context=x")]
    public void Should_refuse_if_it_would_have_been_ignored(string target, params string[] options) =>
        Assert.That(Refusal([$"--target={target}", .. options]), Does.EndWith("Nothing was run."));

    [TestCase("Submit", "--only=61030", "For Submit write --run=61030.")]
    [TestCase("Release", "--run=43001", "For Release write --only=43001.")]
    [TestCase(
        "WriteWorkflow",
        "--exclude-site=X",
        "Write 'exclude_sites = X' into [Outsource], or pass --set exclude_sites=X for this call; either replaces the whole list."
    )]
    public void Should_say_what_is_meant_if_another_option_does_it(string target, string option, string words) =>
        Assert.That(Refusal([$"--target={target}", option]), Does.Contain(words));

    [Test]
    public void Should_report_all_of_them_if_several_are_not_known() =>
        Assert.That(Assert.Throws<UsageException>(() => Check(["--target=List", "--run=1", "--force"]))!.Faults, Has.Count.EqualTo(2));

    [TestCase("Resume", "Resubmit")]
    [TestCase("Retry", "Resubmit")]
    [TestCase("Cancel", "Remove")]
    [TestCase("Help", "--help")]
    [TestCase("Tail", "Logs")]
    [TestCase("Log", "Logs")]
    [TestCase("Purge", "Clean")]
    [TestCase("delete old", "Clean")]
    [TestCase("Statsu", "Status")]
    [TestCase("Remov", "Remove")]
    [TestCase("Relese", "Release")]
    [TestCase("Sumbit", "Submit")]
    public void Should_propose_what_is_meant_if_a_target_is_unknown(string typed, string meant) =>
        Assert.That(Refusal([$"--target={typed}"]), Does.Contain($"(did you mean '{meant}'?)"));

    [TestCase("Removed_runs")]
    [TestCase("Held")]
    [TestCase("Sum")]
    [TestCase("Replace")]
    [TestCase("Reset")]
    [TestCase("Clena")]
    [TestCase("Cleans")]
    [TestCase("Clear")]
    public void Should_propose_nothing_that_acts_if_a_target_is_only_somewhat_like_it(string typed) =>
        Assert.That(Refusal([$"--target={typed}"]), Does.Not.Match($"did you mean '({string.Join('|', TargetSets.Acting)})'"));

    [TestCase(
        "--dtypes=x",
        "dtypes is a key of the configuration. Write 'dtypes = VALUE' into [Outsource], or pass --set dtypes=VALUE for this call."
    )]
    [TestCase("--max-daily=5", "max_daily is a key")]
    [TestCase("--exclude-mode=x", "exclude_modes is a key")]
    [TestCase("--site=x", "this_site_only is a key")]
    [TestCase("--types=x", "dtypes is a key")]
    public void Should_name_the_key_if_an_option_is_one(string typed, string words) => Assert.That(Refusal([typed]), Does.Contain(words));

    [TestCase("--yep")]
    [TestCase("--fore")]
    [TestCase("--surplace")]
    public void Should_propose_no_option_that_acts_if_one_is_only_somewhat_like_it(string typed)
    {
        var acting = OptionCatalog.Ours.Where(o => o.Acts && !(typed == "--fore" && o.Name == "force")).Select(o => o.Name);

        Assert.That(Refusal([typed]), Does.Not.Match($"did you mean '--({string.Join('|', acting)})'"));
    }

    private static void Check(string[] words) => OptionTargets.Check(CommandLineParser.Parse(words, Tasks));

    private static string? Refusal(string[] words)
    {
        try
        {
            Check(words);
            return null;
        }
        catch (UsageException refusal)
        {
            return refusal.Message;
        }
    }
}
