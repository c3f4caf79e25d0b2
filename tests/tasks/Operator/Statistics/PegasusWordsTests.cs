using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Operator.Statistics;

namespace Outsource.Tests.Operator.Statistics;

/// <summary>What pegasus-statistics really printed (tests/transcripts), and what is left of it.</summary>
internal sealed class PegasusWordsTests
{
    [Test]
    public void Should_leave_out_the_page_that_explains_the_columns()
    {
        var lines = File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", "05-statistics-condorio.txt"))
            .Skip(1)
            .TakeWhile(l => !l.StartsWith("[exit code", StringComparison.Ordinal))
            .ToList();

        var words = StatisticsText.Of(new CommandOutput(0, lines, [])).ToList();

        Assert.That(words, Has.None.StartsWith("#").And.Some.StartsWith("Tasks ").And.Some.StartsWith("Workflow wall time"));
        Assert.That(lines, Has.Some.StartsWith("#"), "there is such a page");
    }

    [Test]
    public void Should_report_its_code_if_it_failed() =>
        Assert.That(
            () => StatisticsText.Of(new CommandOutput(1, [], ["no database at mysql://me:s3cret@host/db"])),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo("pegasus-statistics failed with exit code 1: no database at mysql://***@host/db")
        );
}
