using Outsource.Model.Ledger;

namespace Outsource.Tests.Model.Ledger;

public sealed class ReasonCodesTests
{
    [Test]
    public void Should_have_one_entry_of_each_reason_in_its_order() =>
        Assert.That(ReasonCodes.All.Select(r => r.Reason), Is.EqualTo(Enum.GetValues<Reason>()));

    [Test]
    public void Should_read_back_what_it_spells([Values] Reason reason) =>
        Assert.That(ReasonCodes.Parse(ReasonCodes.Spell(reason)), Is.EqualTo(reason));

    [Test]
    public void Should_spell_each_reason_and_rule_once_and_in_kebab_case()
    {
        var (reasons, rules) = (Enum.GetValues<Reason>().Select(ReasonCodes.Spell), Enum.GetValues<Rule>().Select(Rules.Spell));

        Assert.Multiple(() =>
        {
            Assert.That(reasons, Is.Unique.And.All.Match("^[a-z]+(-[a-z]+)*$"));
            Assert.That(rules, Is.Unique.And.All.Match("^[a-z]+(-[a-z]+)*$"));
        });
    }

    [Test]
    public void Should_group_reasons_by_outcome() => Assert.That(ReasonCodes.All.Select(r => r.Outcome), Is.Ordered);

    [TestCase("raw-gone", "'raw-gone' is not a reason code of this version (docs/ledger.md lists them)")]
    [TestCase("ToBeMade", "'ToBeMade' is not a reason code of this version (docs/ledger.md lists them)")]
    [TestCase("3", "'3' is not a reason code of this version (docs/ledger.md lists them)")]
    [TestCase(null, "'' is not a reason code of this version (docs/ledger.md lists them)")]
    public void Should_refuse_a_code_if_it_is_unknown(string? code, string message) =>
        Assert.That(() => ReasonCodes.Parse(code), Throws.TypeOf<FormatException>().With.Message.EqualTo(message));
}
