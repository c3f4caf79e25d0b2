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
    public void Should_fit_into_100_columns()
    {
        Assert.That(HelpText.Render(Tasks).Split('\n').Where(l => l.Length > 100), Is.Empty);
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

    [TestCaseSource(nameof(Targets))]
    public void Should_show_a_target_alone_with_all_its_options(Target target)
    {
        var page = TargetHelp.Render(new TaskInfo(target.ToString(), "Do what it does"))!;

        Assert.That(page, Does.StartWith($"{target}: Do what it does.\n").And.Contain($"--target={target}"));
        Assert.That(page.Split('\n').Where(l => l.Length > 100), Is.Empty);
        foreach (var option in OptionCatalog.Ours)
        {
            Assert.That(page.Contains($"  {option.Usage}", StringComparison.Ordinal), Is.EqualTo(option.Targets.Contains(target)), option.Name);
        }
    }

    [Test]
    public void Should_have_no_page_of_a_task_that_somebody_added() =>
        Assert.That(TargetHelp.Render(new TaskInfo("Mine", "Do mine")), Is.Null);

    private static Target[] Targets => Enum.GetValues<Target>();
}
