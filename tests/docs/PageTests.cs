using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Model.Ledger;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;

namespace Outsource.Tests.Docs;

/// <summary>The documentation is run: every command in it, and what it says they print is what they print.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class PageTests
{
    /// <summary>
    /// Commands that run these very tests, or build the program with the network's help: the continuous integration runs them as they stand
    /// here.
    /// </summary>
    private static readonly string[] OfContinuousIntegration = ["./build.sh --target=Test", "./build.sh --target=Publish"];

    [TestCaseSource(typeof(Page), nameof(Page.All))]
    public void Should_be_true(string name)
    {
        var page = Page.Read(name);
        var world = new World("fresh");
        List<string> faults = [];
        try
        {
            (Piece Script, ProgramRun Run)? last = null;
            foreach (var piece in page.Pieces)
            {
                var shown = last;
                last = null;
                switch (piece.Kind)
                {
                    case PieceKind.World:
                        world.Dispose();
                        world = new World(piece.Text);
                        break;
                    case PieceKind.File:
                        world.Write(piece.File!, piece.Text + "\n");
                        break;
                    case PieceKind.Script:
                        var run = world.Bash(WithoutOurselves(piece.Text));
                        if (run.ExitCode != piece.Exit)
                        {
                            faults.Add($"{name}:{piece.Line}: {piece.Text}\nended with {run.ExitCode} instead of {piece.Exit}:\n{run.Out}");
                        }

                        last = (piece, run);
                        break;
                    case PieceKind.Output when piece.Text.Trim() is "…" or "":
                        faults.Add($"{name}:{piece.Line}: an output that says nothing");
                        break;
                    case PieceKind.Output when shown is null:
                        faults.Add($"{name}:{piece.Line}: an output without a command before it");
                        break;
                    case PieceKind.Output:
                        if (Page.Difference(piece.Text, shown!.Value.Run.Out) is { } difference)
                        {
                            faults.Add($"{name}:{piece.Line}: {shown.Value.Script.Text}\n{difference}");
                        }

                        break;
                    case PieceKind.Inline:
                        var checkedOnly = world.Bash(
                            piece.Text.StartsWith("source ", StringComparison.Ordinal)
                                ? piece.Text
                                : $"{piece.Text.Replace("|", "\\|", StringComparison.Ordinal)} --dryrun"
                        );
                        if (checkedOnly.ExitCode != 0)
                        {
                            faults.Add($"{name}:{piece.Line}: {piece.Text}\n{checkedOnly.Out}");
                        }

                        last = shown;
                        break;
                    default:
                        break;
                }
            }
        }
        finally
        {
            world.Dispose();
        }

        Assert.That(faults, Is.Empty, string.Join("\n\n", faults));
    }

    [TestCaseSource(typeof(Page), nameof(Page.All))]
    public void Should_hold_no_command_that_is_not_run(string name)
    {
        var others = Page.Read(name)
            .Pieces.Where(p => p.Kind == PieceKind.Other)
            .Where(p =>
                p.Info.Length == 0
                || p.Info.StartsWith("bash", StringComparison.Ordinal)
                || p.Info.StartsWith("console", StringComparison.Ordinal)
                || p.Text.Contains("build.sh", StringComparison.Ordinal) && !p.Info.StartsWith("yaml", StringComparison.Ordinal)
            );
        Assert.That(others.Select(p => $"{name}:{p.Line}"), Is.Empty);

        // What is fenced otherwise, or never ends, would be no piece at all.
        var lines = Page.Read(name).Lines;
        Assert.That(
            lines.Where(l =>
                l.TrimStart(' ', '>') != l && l.TrimStart(' ', '>').StartsWith("```", StringComparison.Ordinal)
                || l.TrimStart(' ', '>').StartsWith("~~~", StringComparison.Ordinal)
            ),
            Is.Empty
        );
        Assert.That(lines.Count(l => l.StartsWith("```", StringComparison.Ordinal)) % 2, Is.Zero);
    }

    [Test]
    public void Should_name_only_what_there_is_in_the_commands_of_developers()
    {
        var commands = Page
            .All.SelectMany(n => Page.Read(n).Lines.SelectMany(l => Regex.Matches(l, "`([^`]+)`")).Select(m => m.Groups[1].Value))
            .Where(c => Regex.IsMatch(c, @"^([A-Z_]+=\S+ )?(dotnet (test|run|format)|python3 |\.ci/)"))
            .ToList();
        var tests = typeof(PageTests).Assembly.GetTypes().SelectMany(t => t.GetMethods().Select(m => $"{t.FullName}.{m.Name}")).ToList();

        Assert.That(commands, Has.Count.GreaterThan(6));
        Assert.Multiple(() =>
        {
            foreach (var command in commands)
            {
                foreach (var filter in Regex.Matches(command, @"FullyQualifiedName~(\S+)").Select(m => m.Groups[1].Value))
                {
                    Assert.That(tests.Exists(t => t.Contains(filter, StringComparison.Ordinal)), command);
                }

                foreach (var path in command.Split(' ').Where(w => w.Contains('/', StringComparison.Ordinal) || w == "bench"))
                {
                    Assert.That(Path.Exists(Path.Combine(Checkout.Root, path)), command);
                }
            }
        });
    }

    [TestCaseSource(typeof(Page), nameof(Page.All))]
    public void Should_lead_somewhere(string name)
    {
        var page = Page.Read(name);
        var folder = Path.GetDirectoryName(Path.Combine(Checkout.Root, name))!;
        var links = page
            .Lines.SelectMany(l => Regex.Matches(l, @"\]\((?<to>[^)\s]+)\)|src(set)?=""(?<to>[^""]+)"""))
            .Select(m => m.Groups["to"].Value)
            .Where(l => !l.Contains("://", StringComparison.Ordinal))
            .ToList();

        Assert.Multiple(() =>
        {
            foreach (var link in links)
            {
                var parts = link.Split('#');
                var target = parts[0].Length == 0 ? Path.Combine(Checkout.Root, name) : Path.GetFullPath(parts[0], folder);
                Assert.That(Path.Exists(target), link);
                if (parts.Length == 2)
                {
                    var anchors = File.ReadAllLines(target)
                        .Where(l => l.StartsWith('#'))
                        .Select(h => Regex.Replace(Regex.Replace(h.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", ""), " ", "-"));
                    Assert.That(anchors, Does.Contain(parts[1]), link);
                }
            }
        });
    }

    [TestCaseSource(typeof(Page), nameof(Page.All))]
    public void Should_name_only_options_that_exist(string name)
    {
        // The payload's, those of the programs it starts, and the one that is shown to be refused.
        string[] others =
        [
            "targt",
            "upload",
            "update-rundb",
            "expect-hash",
            "chunk-start",
            "chunk-stop",
            "chunk-stops",
            "open-end",
            "max-wait",
            "data-type",
            "output",
            "filter",
            "project",
            "check",
            "tag",
            "out",
            "tarball",
            "outputs",
            "folder",
            "packages",
            "saltax",
            "level",
            "data-types",
            "no-remote",
            "local-data",
            "download-heavy",
            "remove-heavy",
            "upload-rse",
            "part-chunk-target",
            "expect-package",
            "resources-test",
            "cores",
            "ignore-processed",
            "save-peak-correlation",
            "simulation-config",
            "generator-name",
            "nestid",
            "simu-mode",
            "user",
            "no-deps",
            "no-index",
            "no-build-isolation",
        ];
        var known = OptionCatalog
            .Ours.Concat(OptionCatalog.Cakes)
            .SelectMany(o => o.Aliases.Prepend(o.Name))
            .Concat(others)
            .ToHashSet(StringComparer.Ordinal);
        var named = Page.Read(name)
            .Lines.SelectMany(
                (l, i) =>
                    Regex.Matches(l, @"(?<![\w-])--(?<option>[a-z][a-z-]+)").Select(m => (Option: m.Groups["option"].Value, Line: i + 1))
            );

        Assert.That(named.Where(n => !known.Contains(n.Option)).Select(n => $"{name}:{n.Line}: --{n.Option}"), Is.Empty);
    }

    [TestCase("a\nb…d\n…\nz", "a\nbcd\nx\ny\nz", true)]
    [TestCase("a\nz", "a\nx\nz", false)]
    [TestCase("a", "a\nz", false)]
    [TestCase("a\n…", "a\nz", true)]
    [TestCase("a\nz", "a", false)]
    public void Should_report_what_differs(string expected, string actual, bool same) =>
        Assert.That(Page.Difference(expected, actual), same ? Is.Null : Is.Not.Null);

    [Test]
    public void Should_be_run_by_continuous_integration_as_they_stand()
    {
        var run = File.ReadAllText(Path.Combine(Checkout.Root, ".ci", "run"));
        Assert.That(
            OfContinuousIntegration
                .Where(c => Page.All.Any(p => Page.Read(p).Lines.Any(l => l.StartsWith(c, StringComparison.Ordinal))))
                .Where(c => !run.Contains(c, StringComparison.Ordinal)),
            Is.Empty
        );
    }

    [Test]
    public void Should_list_every_reason_code_with_its_meaning()
    {
        var lines = Page.Read("docs/ledger.md").Lines;
        var listed = lines
            .Select(l => Regex.Match(l, @"^\| `([a-z-]+)` \| (.+) \|$"))
            .Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value));
        Assert.That(listed, Is.EqualTo(ReasonCodes.All.Select(r => (r.Code, r.Meaning))));
        Assert.That(
            lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal)),
            Is.EqualTo(ReasonCodes.All.Select(r => $"## `{ReasonCodes.Spell(r.Outcome)}`").Distinct())
        );
    }

    [Test]
    public void Should_list_every_option_with_its_declaration()
    {
        // OUTSOURCE_UPDATE_README=1 writes the table anew.
        var path = Path.Combine(Checkout.Root, "docs", "options.md");
        var table = OptionTable.Markdown();
        if (Environment.GetEnvironmentVariable("OUTSOURCE_UPDATE_README") == "1")
        {
            File.WriteAllText(
                path,
                Regex.Replace(File.ReadAllText(path), "(?s)(?<=<!-- options -->\n).*?(?=<!-- /options -->)", _ => table)
            );
        }

        Assert.That(Regex.Match(File.ReadAllText(path), "(?s)<!-- options -->\n(.*?)<!-- /options -->").Groups[1].Value, Is.EqualTo(table));
    }

    [Test]
    public void Should_keep_the_readme_short() =>
        Assert.That(
            new FileInfo(Path.Combine(Checkout.Root, "README.md")).Length,
            Is.LessThanOrEqualTo(9 * 1024),
            "move what is for reference into docs/"
        );

    [Test]
    public void Should_list_the_exit_codes_of_help_and_of_the_jobs()
    {
        var listed = Page.Read("docs/exit-codes.md")
            .Lines.Select(l => Regex.Match(l, @"^\| (\d+) \| (.+) \|$"))
            .Where(m => m.Success)
            .Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}")
            .ToList();
        var common = File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "payload", "payload_common.py"));
        var numbers = Regex
            .Matches(common, @"(?m)^([A-Z, ]+) = ([\d, ]+)$")
            .SelectMany(m => m.Groups[1].Value.Split(", ").Zip(m.Groups[2].Value.Split(", ")))
            .GroupBy(p => p.First)
            .ToDictionary(g => g.Key, g => g.First().Second);
        var jobs = Regex
            .Matches(common, @"(?m)^    ([A-Z]+): ""(.+)"",$")
            .Select(m => $"{numbers[m.Groups[1].Value]} {m.Groups[2].Value}")
            .ToList();
        var help = Regex.Replace(HelpText.Render([]), @"\s+", " ");

        Assert.That(jobs, Has.Count.GreaterThan(8));
        Assert.That(listed.TakeLast(jobs.Count), Is.EqualTo(jobs));
        Assert.Multiple(() =>
        {
            foreach (var code in listed.SkipLast(jobs.Count))
            {
                Assert.That(help, Does.Contain($" {code.Split(';')[0].Split(',')[0]}"));
            }
        });
    }

    [Test]
    public void Should_list_every_schema()
    {
        var listed = Page.Read("docs/json.md")
            .Lines.Select(l => Regex.Match(l, @"^\| (\w+) \| `(outsource/[a-z-]+/\d+)` \| \[.+\]\(schemas/(.+)\) \|$"))
            .Where(m => m.Success)
            .ToList();
        var schemas = Path.Combine(Checkout.Root, "docs", "schemas");

        Assert.That(listed.Select(m => m.Groups[3].Value), Is.EquivalentTo(Directory.EnumerateFiles(schemas).Select(Path.GetFileName)));
        Assert.That(
            listed.Select(m => m.Groups[1].Value).Append(OptionCatalog.DefaultTarget),
            Is.EquivalentTo(OptionCatalog.ByName["json"].Targets.Select(t => t.ToString()))
        );
        Assert.Multiple(() =>
        {
            foreach (var schema in listed)
            {
                Assert.That(File.ReadAllText(Path.Combine(schemas, schema.Groups[3].Value)), Does.Contain($"\"{schema.Groups[2].Value}\""));
            }
        });
    }

    private static string WithoutOurselves(string script) =>
        string.Join('\n', script.Split('\n').Where(l => !OfContinuousIntegration.Any(c => l.StartsWith(c, StringComparison.Ordinal))));
}
