using System.Globalization;
using Outsource.Model.ClassAds;
using Outsource.Model.Planning;

namespace Outsource.Tests.Model.Planning;

/// <summary>What the plan lists for each attempt is what HTCondor makes of the expressions that jobs carry.</summary>
[TestFixture]
internal sealed class LadderEvaluationTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(0, 0.0, 9600)]
    [TestCase(0, 0.1, 2407)]
    [TestCase(0, 0.2, 1_606_733)]
    [TestCase(1, 0.5, 12_345)]
    [TestCase(2, 1.0, 7555)]
    [TestCase(3, 0.3, 999_999_999)]
    public void Should_ask_for_what_the_plan_lists(int staticRetries, double increment, long amount)
    {
        var ladder = new RetryLadder(5, staticRetries, increment);

        Assert.Multiple(() =>
        {
            Assert.That(Value(ladder.Expression(amount), null), Is.EqualTo(amount), "no node");
            for (var retry = 0; retry <= 5; retry++)
            {
                var asked = Value(ladder.Expression(amount), retry);
                Assert.That(asked, Is.EqualTo(ladder.At(amount, retry)).Within(1e-9 * amount), $"retry {retry}");
                Assert.That(ladder.WholeAt(amount, retry), Is.EqualTo((long)Math.Floor(asked + 1e-6)), $"retry {retry}");
            }
        });
    }

    [Test]
    public void Should_hold_and_remove_a_job_at_the_limit_of_each_attempt([Values(0, 1, 2, 5)] int retry)
    {
        var ladder = new RetryLadder(5, 1, 0.5);
        var hold = new TimeLimits(6, 4).Hold(ladder)!;
        var (idle, run) = (ladder.At(6 * 3600, retry), ladder.At(4 * 3600, retry));

        Assert.Multiple(() =>
        {
            Assert.That((Holds(hold, 1, idle - 1, retry), Holds(hold, 1, idle + 1, retry)), Is.EqualTo(("false", "true")), "idle");
            Assert.That((Holds(hold, 2, run - 1, retry), Holds(hold, 2, run + 1, retry)), Is.EqualTo(("false", "true")), "running");
            Assert.That(Holds(hold, 5, 1e6, retry), Is.EqualTo("false"), "held already");
            Assert.That((Removes(5, 31, 3), Removes(5, 29, 3), Removes(2, 3600, 3)), Is.EqualTo(("true", "false", "false")), "by a limit");
            Assert.That((Removes(5, 31, 12), Removes(5, 1801, 12), Removes(5, 31, null)), Is.EqualTo(("false", "true", "false")), "else");
        });
    }

    private static double Value(string expression, int? retry) =>
        double.Parse(Evaluator(2, 0, retry, null).Evaluate(expression).ToString()!, CultureInfo.InvariantCulture);

    private static string Holds(string hold, int status, double seconds, int retry) =>
        Evaluator(status, seconds, retry, null).Evaluate(hold).ToString()!;

    private static string Removes(int status, double seconds, int? code) =>
        Evaluator(status, seconds, 0, code).Evaluate(TimeLimits.Remove).ToString()!;

    private static ClassAdEvaluator Evaluator(int status, double seconds, int? retry, int? code)
    {
        var ad = new Dictionary<string, string>
        {
            ["JobStatus"] = status.ToString(CultureInfo.InvariantCulture),
            ["EnteredCurrentStatus"] = ((long)(Now.ToUnixTimeSeconds() - seconds)).ToString(CultureInfo.InvariantCulture),
        };
        if (retry is { } number)
        {
            ad["DAGNodeRetry"] = number.ToString(CultureInfo.InvariantCulture);
        }

        if (code is { } reason)
        {
            ad["HoldReasonCode"] = reason.ToString(CultureInfo.InvariantCulture);
        }

        return new ClassAdEvaluator(ClassAdAttributes.Of(ad), null, Now);
    }
}
