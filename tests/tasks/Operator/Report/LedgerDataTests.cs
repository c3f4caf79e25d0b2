using System.Text.Json;
using CsCheck;
using Outsource.Model.Ledger;
using Outsource.Operator.Report;

namespace Outsource.Tests.Operator.Report;

/// <summary>The ledger as the page's script reads it.</summary>
[TestFixture]
internal sealed class LedgerDataTests
{
    [Test]
    public void Should_give_back_a_text_as_it_was() =>
        Gen.Select(Gen.Int[1, 99_999], Gen.Int[1, 300], Gen.String[Gen.Char["0123456789-= ax"], 0, 12])
            .Sample(
                (run, place, rest) =>
                {
                    var text = $"{rest}{run}, or max_daily = {place}{rest}";
                    var template = new RunTemplate(run, place);
                    var pieces = RunTemplate.Pieces(template.Of(text));
                    var filled = string.Concat(pieces.Select(p => p is 0 ? $"{run}" : p is 1 ? $"{template.UsedPlace}" : p));
                    Assert.That(filled, Is.EqualTo(text));
                    return true;
                }
            );

    [Test]
    public void Should_share_a_text_that_differs_by_the_number_alone()
    {
        LedgerLine Line(int run) => new(run, null, "peaklets", new Verdict(Reason.RunUnknown, $"no run {run}"), "FilterModes");
        var data = new ReportData
        {
            Name = "d",
            Now = DateTimeOffset.UnixEpoch,
            Lines = [Line(7157), Line(43000)],
        };

        using var json = JsonDocument.Parse(new LedgerData(data).Render());

        Assert.That(json.RootElement.GetProperty("texts").GetRawText(), Is.EqualTo("""[["no run ",0,""]]"""));
        Assert.That(json.RootElement.GetProperty("patterns").GetArrayLength(), Is.EqualTo(1));
        Assert.That(json.RootElement.GetProperty("runs").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public void Should_put_every_outcome_into_the_order_once() =>
        Assert.That(OutcomeOrder.All, Is.EquivalentTo(Enum.GetValues<Outcome>()).And.Unique);
}
