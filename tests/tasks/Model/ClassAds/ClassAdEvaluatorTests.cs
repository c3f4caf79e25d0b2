using System.Diagnostics;
using CsCheck;
using Outsource.Model.ClassAds;

namespace Outsource.Tests.Model.ClassAds;

internal sealed class ClassAdEvaluatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static IEnumerable<TestCaseData> Cases() =>
        ClassAdCases.All.Concat(ClassAdCases.StringLists).Select(c => new TestCaseData(c.Expression).Returns(c.Value));

    [TestCaseSource(nameof(Cases))]
    public string Should_evaluate_as_the_real_one_does(string expression) =>
        new ClassAdEvaluator(ClassAdAttributes.Of(ClassAdCases.My), ClassAdAttributes.Of(ClassAdCases.Target), Now)
            .Evaluate(expression)
            .ToString();

    [TestCase("Cpus", ExpectedResult = "8")]
    [TestCase("MY.Cpus", ExpectedResult = "undefined")]
    [TestCase("TARGET.TARGET.Owner", ExpectedResult = "\"Me\"")]
    [TestCase("Machine == MY.Machine", ExpectedResult = "undefined")]
    public string Should_look_in_the_target_if_a_name_is_not_its_own(string expression) => Should_evaluate_as_the_real_one_does(expression);

    [TestCase("TARGET.Cpus", ExpectedResult = "undefined")]
    [TestCase("Cpus", ExpectedResult = "undefined")]
    public string Should_be_undefined_if_there_is_no_target(string expression) => Value([], expression);

    [TestCase("time() - EnteredCurrentStatus", ExpectedResult = "3600")]
    [TestCase("CurrentTime - EnteredCurrentStatus", ExpectedResult = "3600")]
    [TestCase("JobStatus == 5 && ((CurrentTime - EnteredCurrentStatus) > 30)", ExpectedResult = "true")]
    [TestCase("time(1)", ExpectedResult = "error")]
    public string Should_know_the_time(string expression) =>
        Value(
            new()
            {
                ["JobStatus"] = "5",
                ["EnteredCurrentStatus"] = (Now.ToUnixTimeSeconds() - 3600).ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
            expression
        );

    [TestCase(null, ExpectedResult = "14500")]
    [TestCase(0, ExpectedResult = "14500")]
    [TestCase(1, ExpectedResult = "29000")]
    [TestCase(2, ExpectedResult = "43500")]
    [TestCase(3, ExpectedResult = "58000")]
    [TestCase(4, ExpectedResult = "72500")]
    [TestCase(5, ExpectedResult = "87000")]
    public string Should_give_the_request_of_each_retry(int? retry) => Value(AtRetry(retry), ClassAd.GrowingWithRetries(14500));

    // What a job of the plan by levels may use before it is held: each retry more by an increment, from a first retry on.
    [TestCase("0", "0.2", new[] { "9600", "11520.0", "13440.0", "15360.0", "17280.0", "19200.0" })]
    [TestCase("2", "0.5", new[] { "9600", "9600", "9600", "14400.0", "19200.0", "24000.0" })]
    public void Should_hold_a_job_at_the_limit_of_its_retry(string first, string increment, string[] limits)
    {
        var times = first == "0" ? "DAGNodeRetry" : $"(DAGNodeRetry - {first})";
        var limit = $"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= {first}, 9600, ({times} * {increment} + 1) * 9600)";
        var hold = $"JobStatus == 2 && (time() - EnteredCurrentStatus) > {limit}";
        Assert.Multiple(() =>
        {
            for (var retry = 0; retry <= 5; retry++)
            {
                var job = AtRetry(retry);
                Assert.That(Value(job, limit), Is.EqualTo(limits[retry]));
                job["JobStatus"] = "2";
                job["EnteredCurrentStatus"] = $"{Now.ToUnixTimeSeconds()} - int({limits[retry]})";
                Assert.That(Value(job, hold), Is.EqualTo("false"));
                job["EnteredCurrentStatus"] += " - 1";
                Assert.That(Value(job, hold), Is.EqualTo("true"));
            }
        });
    }

    [TestCase("a", "a")]
    [TestCase("a + 1", "1 + a")]
    [TestCase("b", "MY.b")]
    [TestCase("b", "c", "b + 1")]
    [TestCase("isError(b)", "c", "b + 1")]
    public void Should_be_an_error_if_an_attribute_depends_on_itself(string expression, params string[] others)
    {
        var name = others.Length == 1 && expression[0] == 'a' ? "a" : "b";
        var ad = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = others[0] };
        if (others.Length > 1)
        {
            ad["c"] = others[1];
        }

        Assert.That(Value(ad, expression), Is.EqualTo(expression.StartsWith("is", StringComparison.Ordinal) ? "true" : "error"));
    }

    [Test]
    public void Should_be_an_error_if_it_takes_too_many_steps()
    {
        // Each attribute doubles the work.
        var ad = new Dictionary<string, string>(StringComparer.Ordinal) { ["a0"] = "1" };
        for (var i = 1; i < 100; i++)
        {
            ad[$"a{i}"] = $"a{i - 1} + a{i - 1}";
        }

        Assert.Multiple(() =>
        {
            Assert.That(Value(ad, "a10"), Is.EqualTo("1024"));
            Assert.That(Value(ad, "a99"), Is.EqualTo("error"));
            Assert.That(Value(ad, "isError(a99)"), Is.EqualTo("error"), "what was not evaluated to its end has no value");
        });
    }

    [Test]
    public void Should_be_an_error_if_it_is_too_deep()
    {
        Assert.That(Value([], string.Join(" + ", Enumerable.Repeat("1", 300))), Is.EqualTo("300"));
        Assert.That(Value([], string.Join(" + ", Enumerable.Repeat("1", 50_000))), Is.EqualTo("error"));
    }

    [Test]
    public void Should_be_an_error_if_a_regular_expression_takes_long()
    {
        var watch = Stopwatch.StartNew();

        Assert.That(Value([], $"regexp(\"(a+a+)+b\", \"{new string('a', 60)}!\")"), Is.EqualTo("error"));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public void Should_be_an_error_if_a_text_becomes_too_long()
    {
        var ad = new Dictionary<string, string>(StringComparer.Ordinal) { ["a0"] = $"\"{new string('x', 100_000)}\"" };
        ad["a1"] = "strcat(a0, a0, a0, a0)";
        ad["a2"] = "strcat(a1, a1, a1, a1)";

        Assert.That(Value(ad, "size(a1)"), Is.EqualTo("400000"));
        Assert.That(Value(ad, "size(a2)"), Is.EqualTo("error"));
    }

    [Test]
    public void Should_say_so_if_a_function_is_only_known_there() =>
        Assert.That(
            () => Value([], "formatTime(0)"),
            Throws.TypeOf<NotSupportedException>()
                .With.Message.EqualTo("The ClassAd function 'formatTime' is HTCondor's, and is not evaluated here.")
        );

    [Test]
    public void Should_name_the_attribute_that_does_not_parse() =>
        Assert.That(
            () => Value(new() { ["Rank"] = "1 +" }, "Rank"),
            Throws.TypeOf<FormatException>()
                .With.Message.EqualTo("Attribute Rank is not a ClassAd expression: it ends where a value is expected (column 4).")
        );

    [TestCase("-9223372036854775808", ExpectedResult = "-9223372036854775808")]
    [TestCase("0x1F", ExpectedResult = "31")]
    [TestCase("4K", ExpectedResult = "4096.0")]
    public string Should_read_numbers_that_release_25_no_longer_reads(string expression) => Value([], expression);

    [TestCase("9223372036854775808")]
    [TestCase("1.")]
    [TestCase("1e")]
    [TestCase("1.e3")]
    [TestCase("error(1)")]
    public void Should_refuse_what_is_no_number_and_no_name(string expression) =>
        Assert.That(() => Value([], expression), Throws.TypeOf<FormatException>());

    [TestCase("\"a\"", false)]
    [TestCase("0.0", false)]
    [TestCase("undefined", false)]
    [TestCase("3", true)]
    [TestCase("1 < 2", true)]
    public void Should_be_true_as_a_condition(string expression, bool isTrue) =>
        Assert.That(new ClassAdEvaluator(ClassAdAttributes.None, null, Now).Evaluate(expression).IsTrue, Is.EqualTo(isTrue));

    [Test]
    public void Should_have_a_value_if_it_parses_and_else_say_where() =>
        Gen.String[Gen.Char["ab1.\"'()[]{}?:&|=!<>+-*/ ,\\"], 0, 12]
            .Sample(
                e =>
                {
                    var parses = ClassAdSyntax.ErrorIn(e) is null;
                    try
                    {
                        return Value(new() { ["a"] = "b", ["b"] = "1" }, e).Length > 0 && parses;
                    }
                    catch (FormatException)
                    {
                        return !parses;
                    }
                },
                iter: 5_000
            );

    [Test]
    public void Should_read_back_a_text_that_is_quoted() =>
        Gen.String[Gen.Char[' ', '~'], 0, 20]
            .Sample(text => Value([], ClassAd.Quote(text)) == ClassAd.Quote(text));

    private static Dictionary<string, string> AtRetry(int? retry) =>
        retry is { } number
            ? new(StringComparer.Ordinal) { ["DAGNodeRetry"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture) }
            : [];

    private static string Value(Dictionary<string, string> my, string expression) =>
        new ClassAdEvaluator(ClassAdAttributes.Of(my), null, Now).Evaluate(expression).ToString();
}
