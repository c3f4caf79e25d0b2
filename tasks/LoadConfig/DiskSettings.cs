using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>
/// Reads amounts of disk. <c>combine_disk</c> has the same name in both plans but another unit, so a number without a unit that is
/// surely of the other plan is refused, or warned of.
/// </summary>
/// <param name="values">Reads values, and collects errors.</param>
internal sealed class DiskSettings(ValueReader values)
{
    /// <summary>10 TB in MB: what is above is surely KB.</summary>
    private const long SurelyKilobytes = 10_000_000;

    /// <summary>100 MB in KB: what is below is surely MB.</summary>
    private const long SurelyMegabytes = 100_000;

    /// <summary>The disk of a combine job in KB, or null: the plan's own.</summary>
    public object? Combine(Setting setting, PlanKind plan)
    {
        if (plan == PlanKind.ByLevel)
        {
            return Amount(setting, "MB", SurelyKilobytes) is { } megabytes ? (long)decimal.Ceiling(megabytes * 1000) : null;
        }

        var amount = values.AmountOf(setting, "KB", out var value);
        if (amount < SurelyMegabytes && value is { HasUnit: false })
        {
            values.Warn(
                $"combine_disk is {amount} KB, less than 100 MB: in plans by type a number without a unit is KB. If MB are meant, write "
                    + $"combine_disk = {amount} MB.",
                value.Line
            );
        }

        return (long?)amount ?? 120_000_000;
    }

    /// <summary>When a lower job is full, MB; null where chunks_per_job decides.</summary>
    public object? Rough(Setting setting)
    {
        var read = (long?)Amount(setting, "MB", SurelyKilobytes);
        return values.Read(SettingCatalog.ByName["chunks_per_job"]) is null ? read ?? 16_000 : read;
    }

    /// <summary>An amount in MB; the default if there is none.</summary>
    public object? Megabytes(Setting setting) =>
        Amount(setting, "MB", SurelyKilobytes) is not { } read ? setting.Standard
        : setting.IsWhole ? (object)(long)read
        : (double)read;

    private decimal? Amount(Setting setting, string unit, long most)
    {
        var amount = values.AmountOf(setting, unit, out var value);
        if (amount <= most || amount is null || value is not { HasUnit: false })
        {
            return amount;
        }

        values.Wrong(
            $"{setting.Name} is {amount} {unit}, more than 10 TB: in plans by level a number without a unit is MB. If KB are meant, write "
                + $"{setting.Name} = {amount} KB.",
            value.Line
        );
        return null;
    }
}
