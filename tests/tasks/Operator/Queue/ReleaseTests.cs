using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Tests.Fixtures;
using Outsource.Workflows;

namespace Outsource.Tests.Operator.Queue;

/// <summary>Tags of releases, versions of packages, and what jobs need of strax.</summary>
[TestFixture]
public sealed partial class ReleaseTests
{
    [TestCase("2024.02.1", "2024.02.1")]
    [TestCase("el7.2024.10.4", "2024.10.4")]
    [TestCase("el8.2024.07.1", "2024.07.1")]
    [TestCase("el9.2025.07.1", "2025.07.1")]
    [TestCase("development", null)]
    [TestCase("el9.development", null)]
    [TestCase("latest", null)]
    [TestCase("master", null)]
    [TestCase("Fix_2024.02.1", null)]
    [TestCase("2024.02.1-dev", null)]
    [TestCase("2024.02", null)]
    [TestCase("v2024.02.1", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void Should_know_a_release_by_its_form(string? tag, string? release) => Assert.That(ReleaseTag.Of(tag), Is.EqualTo(release));

    [TestCase("el7.2024.07.1", "el9.2024.07.1", true)]
    [TestCase("2024.07.1", "el8.2024.07.1", true)]
    [TestCase("2024.07.1", "2024.07.2", false)]
    [TestCase("development", "development", false)]
    [TestCase(null, null, false)]
    public void Should_take_twins_for_one_release(string? one, string? other, bool same) =>
        Assert.That(ReleaseTag.Same(one, other), Is.EqualTo(same));

    [Test]
    public void Should_order_versions_as_python_does()
    {
        string[] ascending =
        [
            "1.6.5",
            "1.6.5.post1",
            "1.10",
            "2.0.dev1",
            "2.0.0a1.dev2",
            "2.0a1",
            "2.0.0b2",
            "2.0rc1",
            "2.0.0",
            "2.0.0.post1",
            "2.0.1.dev0",
            "2.0.1",
            "2.0.10",
            "10.0",
        ];

        var shuffled = ascending.Select(v => PackageVersion.Parse(v)!).Select((v, i) => (v, i)).Reverse().ToList();
        shuffled.Sort((a, b) => a.v.CompareTo(b.v));

        Assert.That(shuffled.Select(v => v.i), Is.EqualTo(Enumerable.Range(0, ascending.Length)));
        Assert.That(PackageVersion.Parse("2.0")!.CompareTo(PackageVersion.Parse("v2.0.0+g1234")), Is.Zero);
    }

    [TestCase("master")]
    [TestCase("")]
    [TestCase(null)]
    [TestCase("2.x")]
    [TestCase("1..2")]
    public void Should_read_no_version_if_there_is_none(string? text) => Assert.That(PackageVersion.Parse(text), Is.Null);

    [TestCase("1.6.0", true)]
    [TestCase("1.6.5", true)]
    [TestCase("1.10.0", true)]
    [TestCase("0.16.0", true)]
    [TestCase("2.0.0rc1", true)]
    [TestCase("2.0.0.dev3", true)]
    [TestCase("2.0", false)]
    [TestCase("2.0.0", false)]
    [TestCase("2.2.3", false)]
    [TestCase("10.0.1", false)]
    [TestCase("master", false)]
    [TestCase(null, false)]
    public void Should_refuse_a_strax_that_is_too_old(string? strax, bool refused)
    {
        var loaded = Given.Loaded() with { Context = Given.Context with { StraxVersion = strax } };
        Assert.That(
            StraxRule.ErrorIn(strax),
            refused ? Is.EqualTo($"strax {strax} is too old for the jobs: they need strax 2.0 or later (per-chunk storage)") : Is.Null
        );
        foreach (var target in new[] { Target.PegasusPlan, Target.PegasusRun, Target.Submit, Target.Preflight })
        {
            Assert.That(
                () => StraxRule.Check(loaded, target),
                refused
                    ? Throws
                        .TypeOf<UsageException>()
                        .With.Message.Contains($"strax {strax}")
                        .And.Message.Contains("el7.2024.10.4 or el9.2024.10.4")
                    : Throws.Nothing,
                $"{target}"
            );
            Assert.That(StraxRule.WarningOf(loaded, target), Is.Null);
        }

        foreach (var target in new[] { Target.Default, Target.DryRun, Target.WriteWorkflow })
        {
            Assert.That(() => StraxRule.Check(loaded, target), Throws.Nothing);
            Assert.That(
                StraxRule.WarningOf(loaded, target),
                refused ? Does.Contain($"strax {strax}").And.Contain("not submitted") : Is.Null
            );
        }
    }

    [Test]
    public void Should_say_nothing_of_strax_if_a_canary_runs() =>
        Assert.That(
            StraxRule.SentenceOf(
                Given.Loaded(s => s with { Payload = JobPayload.Canary }) with
                {
                    Context = Given.Context with { StraxVersion = "1.6.0" },
                }
            ),
            Is.Null
        );

    [Test]
    public void Should_need_the_strax_that_the_payload_needs()
    {
        var payload = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "payload", "payload_common.py"));

        Assert.That(Needed().Match(payload).Groups[1].Value.Replace(", ", ".", StringComparison.Ordinal), Is.EqualTo(StraxRule.Needed));
    }

    [TestCase("el9.2025.07.1", "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:el9.2025.07.1", "el9.2025.07.1")]
    [TestCase("/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:development", null, "development")]
    [TestCase(
        "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        null,
        "2024.02.1"
    )]
    [TestCase("/project2/images/xenonnt-el7.2025.03.1.simg", null, "el7.2025.03.1")]
    [TestCase("/project2/images/xenonnt_2024.02.1.sif", null, "2024.02.1")]
    [TestCase("/project2/images/xenonnt-development.simg", null, null)]
    [TestCase("/project2/images/mine.sif", null, null)]
    [TestCase("docker://xenonnt/base-environment:el9.2025.07.1", null, "el9.2025.07.1")]
    [TestCase("docker://xenonnt/base-environment", null, null)]
    [TestCase("docker://registry.example.org:5000/xenonnt/base-environment", null, null)]
    [TestCase("docker://registry.example.org:5000/xenonnt/base-environment:2024.02.1", null, "2024.02.1")]
    [TestCase("docker://xenonnt/base-environment@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", null, null)]
    [TestCase("osdf:///ospool/uc-shared/project/xenon/xenonnt-el9.2025.07.1.sif", null, "el9.2025.07.1")]
    public void Should_take_every_form_of_an_image(string given, string? path, string? tag) =>
        Assert.That(ImageReferences.Parse(given, out _), Is.EqualTo(new ImageReference(path ?? given, tag)));

    [TestCase("docker://x/y:2024.02.1@sha256:12", "digest")]
    [TestCase("ftp://x/y", "neither a tag nor a full path")]
    [TestCase("docker://x/", "does not end in '/'")]
    [TestCase("docker://x/y:", "is not a valid tag")]
    public void Should_refuse_what_is_no_image(string given, string words)
    {
        Assert.That(ImageReferences.Parse(given, out var fault), Is.Null);
        Assert.That(fault, Does.Contain(words));
    }

    [GeneratedRegex(@"^STRAX_NEEDED = \(([0-9, ]+)\)$", RegexOptions.Multiline)]
    private static partial Regex Needed();
}
