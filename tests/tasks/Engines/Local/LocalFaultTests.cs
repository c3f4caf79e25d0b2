using Outsource.Engines.Local;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class LocalFaultTests
{
    [TestCase("61030:peaklets=kill", "peaklets_061030-peaklets-0002", true)]
    [TestCase("61030:peaklets:2=hang", "peaklets_061030-peaklets-0002", true)]
    [TestCase("61030:peaklets:002=hang", "peaklets_061030-peaklets-0002", true)]
    [TestCase("61030:peaklets:3=hang", "peaklets_061030-peaklets-0002", false)]
    [TestCase("61030:peaklets:0=slow", "peaklets_061030-peaklets-0000", true)]
    [TestCase("61030:peaklets:combine=no-output", "combine_061030-peaklets-combine", true)]
    [TestCase("61030:peaklets:combine=no-output", "peaklets_061030-peaklets-0000", false)]
    [TestCase("61031:peaklets=disk-full", "peaklets_061030-peaklets-0000", false)]
    [TestCase("61030:events=corrupt-output", "peaklets_061030-peaklets-0000", false)]
    public void Should_hit_the_job_that_is_named(string fault, string node, bool hit) =>
        Assert.That(LocalFault.Parse(fault).Hits(node, [], 0), Is.EqualTo(hit));

    [TestCase("61030:lower=kill", true)]
    [TestCase("61030:lone_hits=kill", true)]
    [TestCase("61030:lower_tpc=kill", true)]
    [TestCase("61030:upper=kill", false)]
    public void Should_know_jobs_by_level_and_types_if_a_plan_is_by_level(string fault, bool hit) =>
        Assert.That(
            LocalFault
                .Parse(fault)
                .Hits("lower_tpc_061030-lower_tpc-0000", ["--level", "lower", "--data-types", "peaklets,lone_hits", "--output", "x"], 0),
            Is.EqualTo(hit)
        );

    [Test]
    public void Should_hit_the_first_attempts_only_if_a_number_is_given()
    {
        var fault = LocalFault.Parse("61030:peaklets=kill*2");

        Assert.That(
            Enumerable.Range(0, 4).Select(retry => fault.Hits("peaklets_061030-peaklets-0000", [], retry)),
            Is.EqualTo(new[] { true, true, false, false })
        );
    }

    [TestCase("")]
    [TestCase("61030:peaklets")]
    [TestCase("61030:peaklets=explode")]
    [TestCase("61030=kill")]
    [TestCase("x:peaklets=kill")]
    [TestCase("61030:peaklets:first=kill")]
    [TestCase("61030:peaklets=kill*0")]
    [TestCase("61030:peaklets=kill\n")]
    public void Should_name_what_is_allowed_if_a_fault_is_wrong(string fault) =>
        Assert.That(
            () => LocalFault.Parse(fault),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("RUN:TYPE:GROUP=KIND")
                .And.Message.Contains("corrupt-output, disk-full, hang, kill, no-output, slow")
        );
}
