using System.Text.RegularExpressions;
using Outsource.Build.Hosting;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Tests.Settings.CommandLine;

public sealed class HelpTextTests
{
    private static readonly TaskInfo[] Tasks =
    [
        new("Default", "Do what DryRun does"),
        new("AVeryLongTaskNameThatLeavesNoRoomBehindIt", string.Join(' ', Enumerable.Repeat("word", 60))),
    ];

    [Test]
    public void Should_fit_into_80_columns()
    {
        Assert.That(HelpText.Render(Tasks).Split('\n').Where(l => l.Length > 80), Is.Empty);
        Assert.That(HelpText.Render(Tasks).Split('\n').Where(l => l.EndsWith(' ')), Is.Empty);
    }

    [Test]
    public void Should_name_every_target_option_and_exit_code()
    {
        var text = HelpText.Render(Tasks);
        Assert.Multiple(() =>
        {
            foreach (var name in Tasks.Select(t => t.Name).Concat(OptionCatalog.Ours.Concat(OptionCatalog.Cakes).Select(o => o.Usage)))
            {
                Assert.That(text, Does.Contain(name));
            }

            Assert.That(text, Does.Contain("-t, --target=TASK"));
            Assert.That(
                text.ReplaceLineEndings(" "),
                Does.Match("default:\\s+~/.xenon_config,\\s+else\\s+the\\s+demo;\\s+also\\s+\\$XENON_CONFIG")
            );
            Assert.That(text, Does.Match("\n  3 +nothing to do; nothing was written\n"));
        });
    }

    [Test]
    public void Should_declare_each_name_once_and_only_keys_that_exist()
    {
        var names = OptionCatalog.Ours.Concat(OptionCatalog.Cakes).SelectMany(o => o.Aliases.Append(o.Name)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(names, Is.Unique);
            Assert.That(names, Is.All.Matches<string>(n => !n.Any(char.IsUpper)));
            Assert.That(
                OptionCatalog.Ours.Select(o => o.ConfigKey).OfType<string>(),
                Is.SubsetOf(KeyCatalog.In("Outsource").Select(k => k.Name))
            );
            Assert.That(KeyCatalog.All.Select(k => (k.Section, k.Name)), Is.Unique);
            Assert.That(OptionCatalog.Ours.Where(o => o.Kind != OptionKind.Flag && o.Placeholder is null), Is.Empty);
        });
    }

    [Test]
    public void Should_show_everything_that_everybody_needs_on_one_screen()
    {
        var lines = HelpOverview.Render(Real).TrimEnd('\n').Split('\n');

        Assert.That(lines, Has.Length.LessThanOrEqualTo(HelpOverview.Lines));
        Assert.That(lines.Where(l => l.Length > 80 || l.EndsWith(' ')), Is.Empty);
        Assert.Multiple(() =>
        {
            Target[] named = [.. Moment.Stages.Targets, .. Moment.Seldom.Targets];
            Assert.That(named.Where(t => !string.Join(' ', lines).Contains($" {t}", StringComparison.Ordinal)), Is.Empty);
            foreach (var target in Targets.Except(named).Where(t => t != Target.Default))
            {
                Assert.That(lines.Count(l => Regex.IsMatch(l, $"^  .{{8}}{target} +[A-Z][^ ]+ [^ ]+ ")), Is.EqualTo(1), $"{target}");
            }

            foreach (var option in OptionCatalog.Ours)
            {
                Assert.That(
                    lines.Count(l => Regex.IsMatch(l, $"^  {Regex.Escape(option.Usage)} +[a-z][^ ]+ [^ ]+ ")),
                    Is.EqualTo(option.Everyday ? 1 : 0),
                    option.Name
                );
            }

            foreach (var rest in new[] { "DryRun", "--target=TASK --help", "--help --verbosity=verbose", "125 stopped", "FilterModes" })
            {
                Assert.That(string.Join('\n', lines), Does.Contain(rest));
            }
        });
    }

    [Test]
    public void Should_have_each_target_in_one_group() =>
        Assert.That(
            Moment.All.Append(Moment.Stages).Append(Moment.Seldom).SelectMany(m => m.Targets).Append(Target.Default),
            Is.EquivalentTo(Targets)
        );

    [Test]
    public void Should_have_a_task_that_was_added_in_a_group_of_its_own() =>
        Assert.That(HelpOverview.Render([new TaskInfo("Mine", "Do mine")]), Does.Contain("\n  other   Mine       Do mine\n"));

    [TestCase("Show how it is (--only, --json)", "Show how it is")]
    [TestCase("Show totals of times, retries and memory", "Show totals of times")]
    [TestCase("Write a file; an existing one is kept", "Write a file")]
    [TestCase("Show everything that there is to be seen", "Show everything that there is…")]
    public void Should_cut_a_sentence_where_a_clause_ends(string sentence, string cut) =>
        Assert.That(HelpOverview.Cut(sentence, 30), Is.EqualTo(cut));

    [TestCaseSource(nameof(Targets))]
    public void Should_show_a_target_alone_on_one_screen(Target target)
    {
        var task = Real.First(t => t.Target == target);
        var page = TargetHelp.Render(task, "normal")!;
        var lines = page.Split('\n');

        Assert.That(lines, Has.Length.LessThanOrEqualTo(51));
        Assert.That(lines.Where(l => l.Length > 80), Is.Empty);
        Assert.That(Regex.Replace(page, @"\s+", " "), Does.StartWith($"{target}: {task.Description}. Leaves: "));
        Assert.That(page, Does.Contain("\nOptions:\n").Or.Contain("\nNo options of its own.\n"));
        Assert.That(page, Does.Contain("\nExit codes: 0 done, "));
        Assert.That(Regex.Replace(page, @"\s+", " "), Does.Contain(target == Target.Diff ? "3 the plans differ" : "3 nothing to do"));
        Assert.That(Regex.Count(page, $@"(?m)^  \./build\.sh --target={target}( |$)"), Is.EqualTo(2), "examples");
        foreach (var option in OptionCatalog.Ours)
        {
            var options = Regex.Match(page, @"(?s)\nOptions:\n.*?\n\n").Value;
            Assert.That(
                Regex.IsMatch(options, $@"(?m)^  (--\S+ )*--{option.Name}([ =]|$)"),
                Is.EqualTo(option.Targets.Contains(target)),
                option.Name
            );
        }
    }

    [TestCaseSource(nameof(Targets))]
    public void Should_describe_all_options_of_a_target_if_verbose(Target target)
    {
        var page = TargetHelp.Render(Real.First(t => t.Target == target), "verbose")!;

        foreach (var option in OptionCatalog.Ours)
        {
            Assert.That(
                page.Contains($"  {option.Usage}", StringComparison.Ordinal),
                Is.EqualTo(option.Targets.Contains(target)),
                option.Name
            );
        }
    }

    [Test]
    public void Should_have_no_page_of_a_task_that_somebody_added() =>
        Assert.That(TargetHelp.Render(new TaskInfo("Mine", "Do mine"), "normal"), Is.Null);

    private static Target[] Targets => Enum.GetValues<Target>();

    /// <summary>The targets with their descriptions.</summary>
    private static IReadOnlyList<TaskInfo> Real =>
        new TaskCatalogue([typeof(OutsourceHost).Assembly, typeof(OutsourceContext).Assembly]).Tasks;
}
