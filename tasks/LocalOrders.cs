using System.Globalization;
using Outsource.Engines.Local;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource;

/// <summary>How the jobs of a workflow run on this machine.</summary>
public static class LocalOrders
{
    /// <summary>
    /// As the settings of the workflow say, if the options of this command do not say otherwise. Faults are those of this command alone:
    /// what failed on purpose is tried again.
    /// </summary>
    /// <exception cref="UsageException">An option is not valid.</exception>
    public static LocalOrder With(OutsourceSettings settings, Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(invocation);
        string? Last(string setting) => invocation.Values(SettingCatalog.ByName[setting].Option!) is [.., var text] ? text : null;
        return new LocalOrder
        {
            Slots = (int?)Number("slots", Last("slots"), int.MaxValue) ?? settings.Slots,
            MemoryMb = Number("local-memory", Last("local_memory"), long.MaxValue) ?? settings.LocalMemory,
            Container = Last("local_container") is { } word
                ? (LocalContainer)SettingText.OfWord(typeof(LocalContainer), word)!
                : settings.LocalContainer,
            Data = settings.LocalData,
            Faults = [.. invocation.Values(SettingCatalog.ByName["local_fault"].Option!).Select(LocalFault.Parse)],
        };
    }

    private static long? Number(string option, string? text, long greatest) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= greatest ? number
        : throw new UsageException($"--{option}={UntrustedText.Shown(text)} is not a valid number: it must be a whole number from 1.");
}
