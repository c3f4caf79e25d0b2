using System.Globalization;
using Outsource.Build.Tools.TestSuite;
using Outsource.Operator.Desk;
using Outsource.Tests.Build;

namespace Outsource.Tests.Payload;

/// <summary>Requests of jobs are changed in two places: by Resubmit, and in parts that are planned later by plan_part.py. Both agree.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class PartRequestsTests
{
    private const string Growing = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 2001, (DAGNodeRetry + 1)*2001)";

    [TestCase("2000", "1.5")]
    [TestCase("3", "0.1")]
    [TestCase("1001", "1.5")]
    [TestCase(Growing, "2")]
    [TestCase("max({1, MemoryUsage})", "1.5")]
    [TestCase("1234567890123", "1.25")]
    public void Should_multiply_memory_as_resubmit_does(string expression, string factor) =>
        Assert.That(
            Asked("plan_part.times(sys.argv[1], plan_part.Decimal(sys.argv[2]))", expression, factor),
            Is.EqualTo(SubmitFileEdit.Memory(expression, decimal.Parse(factor, CultureInfo.InvariantCulture)))
        );

    [TestCase("A || B")]
    [TestCase("")]
    [TestCase("(GLIDEIN_Site =!= \"UC\")")]
    [TestCase("(GLIDEIN_Site =!= \"UC\") && (GLIDEIN_Site =!= \"X\")")]
    public void Should_exclude_sites_as_resubmit_does(string expression) =>
        Assert.That(
            Asked("plan_part.requirements(sys.argv[1], sys.argv[2:])", expression, "UC", "X"),
            Is.EqualTo(SubmitFileEdit.Requirements(expression, ["UC", "X"]))
        );

    private static string Asked(string call, params string[] arguments)
    {
        var payload = Path.Combine(AppContext.BaseDirectory, "payload");
        var code = $"import sys; sys.path.insert(0, {Quoted(payload)}); import plan_part; print({call})";
        var run = ProgramRun.Start(PayloadTests.Python, ["-B", "-c", code, .. arguments]).End();
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Out.TrimEnd('\n');
    }

    private static string Quoted(string path) => $"'{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
