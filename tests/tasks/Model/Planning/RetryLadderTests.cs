using Outsource.Model.Planning;

namespace Outsource.Tests.Model.Planning;

[TestFixture]
internal sealed class RetryLadderTests
{
    [TestCase(0, 0.0, "9600")]
    [TestCase(0, 0.2, "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 9600, (DAGNodeRetry * 0.2 + 1) * 9600)")]
    [TestCase(0, 1.0, "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 9600, (DAGNodeRetry * 1.0 + 1) * 9600)")]
    [TestCase(2, 0.5, "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 2, 9600, ((DAGNodeRetry - 2) * 0.5 + 1) * 9600)")]
    public void Should_write_the_expression_of_the_python_program(int staticRetries, double increment, string expression) =>
        Assert.That(new RetryLadder(2, staticRetries, increment).Expression(9600), Is.EqualTo(expression));

    [Test]
    public void Should_grow_by_the_same_share_with_each_retry()
    {
        var ladder = new RetryLadder(2, 0, 0.2);

        Assert.That(Enumerable.Range(0, 3).Select(r => ladder.WholeAt(9600, r)), Is.EqualTo(new[] { 9600, 11520, 13440 }));
        Assert.That(ladder.Attempts, Is.EqualTo(3));
    }

    [Test]
    public void Should_not_grow_in_the_static_retries()
    {
        var ladder = new RetryLadder(5, 2, 0.5);

        Assert.That(Enumerable.Range(0, 6).Select(r => ladder.WholeAt(1000, r)), Is.EqualTo(new[] { 1000, 1000, 1000, 1500, 2000, 2500 }));
    }

    [TestCase(null, null, null)]
    [TestCase(6.0, null, "JobStatus == 1 && (time() - EnteredCurrentStatus) > 21600")]
    [TestCase(null, 0.5, "JobStatus == 2 && (time() - EnteredCurrentStatus) > 1800")]
    [TestCase(
        6.0,
        4.0,
        "(JobStatus == 1 && (time() - EnteredCurrentStatus) > 21600) || (JobStatus == 2 && (time() - EnteredCurrentStatus) > 14400)"
    )]
    public void Should_hold_by_the_limits_that_are_set(double? idle, double? run, string? hold) =>
        Assert.That(new TimeLimits(idle, run).Hold(new RetryLadder(2, 0, 0)), Is.EqualTo(hold));

    [Test]
    public void Should_let_limits_grow_too() =>
        Assert.That(
            new TimeLimits(null, 2).Hold(new RetryLadder(2, 0, 0.2)),
            Is.EqualTo(
                "JobStatus == 2 && (time() - EnteredCurrentStatus) > "
                    + "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 7200, (DAGNodeRetry * 0.2 + 1) * 7200)"
            )
        );
}
