using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.LoadConfig;

/// <summary>Checks the options of canary jobs.</summary>
/// <param name="values">Collects errors.</param>
internal sealed partial class CanarySettings(ValueReader values)
{
    private static readonly ImmutableArray<Option> Options =
    [.. new[] { "canary-fail", "canary-sleep", "canary-megabytes" }.Select(name => OptionCatalog.ByName[name])];

    public void Check(OutsourceSettings read, Invocation invocation)
    {
        foreach (var option in Options.Where(invocation.Has))
        {
            if (!read.Canary)
            {
                values.Wrong($"--{option.Name} needs --payload=canary: add it, or leave --{option.Name} out.");
            }
        }

        foreach (var fail in read.CanaryFail.Where(f => !CanaryJob().IsMatch(f)))
        {
            values.Wrong(
                $"--canary-fail={fail} is not a valid job: expected RUN:TYPE or RUN:TYPE:GROUP, such as 61030:peaklets:2 or "
                    + "61030:peaklets:combine; with @MB at the end, it fails only if it requests less memory."
            );
        }

        foreach (var (option, amount) in new[] { ("canary-sleep", read.CanarySleep), ("canary-megabytes", read.CanaryMegabytes) })
        {
            if (amount is not null && !Amount().IsMatch(amount))
            {
                values.Wrong($"--{option}={amount} is not a valid amount: expected a number such as 2 or 0.5.");
            }
        }
    }

    [GeneratedRegex(@"^([0-9]{1,6}):([a-z][a-z0-9_]*)(?::([0-9]{1,9}|combine))?(?:@([1-9][0-9]{0,8}))?\z")]
    internal static partial Regex CanaryJob();

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9})?\z")]
    private static partial Regex Amount();
}
