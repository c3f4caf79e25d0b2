using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Operator.Relay;
using Outsource.Operator.Unpack;

namespace Outsource.Tests.Operator.Relay;

/// <summary>Of which levels a relay runs jobs.</summary>
internal sealed class RelayLevelsTests
{
    [TestCase("", false, RelayNeed.MissingParts)]
    [TestCase("combine,upper,lower", false, RelayNeed.MissingParts)]
    [TestCase("combine,upper", true, RelayNeed.CombineAndUpper)]
    [TestCase("upper", false, RelayNeed.UpperOnly)]
    [TestCase("", true, RelayNeed.UpperOnly)]
    public void Should_allow_what_needs_no_other_level(string typed, bool upperOnly, RelayNeed most)
    {
        var levels = RelayLevels.Of([.. typed.Split(',', StringSplitOptions.RemoveEmptyEntries)], upperOnly);

        Assert.That(Enum.GetValues<RelayNeed>().Where(levels.Allows).Max(), Is.EqualTo(most));
        Assert.That(levels.Fetched.Contains(TarballLevel.Lower), Is.EqualTo(most != RelayNeed.UpperOnly));
    }

    [TestCase("lower")]
    [TestCase("combine,lower")]
    [TestCase("lower,upper")]
    public void Should_refuse_levels_without_those_above(string typed) =>
        Assert.That(
            () => RelayLevels.Of([.. typed.Split(',')], upperOnly: false),
            Throws.TypeOf<UsageException>().With.Message.StartsWith($"--levels={typed} is not possible")
        );
}
