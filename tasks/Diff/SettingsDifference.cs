using System.Collections.Immutable;

namespace Outsource.Diff;

/// <summary>What differs between the settings of two plans.</summary>
public static class SettingsDifference
{
    /// <summary>What differs; of a setting with its origins.</summary>
    public static ImmutableArray<ChangedValue> Of(PlainSettings before, PlainSettings after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var settings = PlanDifference.Compare(before.Values.Select(v => KeyValuePair.Create(v.Key, v.Value.Value)), after.Values.Select(v => KeyValuePair.Create(v.Key, v.Value.Value)));
        return
        [
            .. settings.Select(s => s with { Remark = $"{OriginIn(before, s.What)}; then {OriginIn(after, s.What)}" }),
            .. PlanDifference.Compare(before.Facts, after.Facts),
        ];
    }

    private static string OriginIn(PlainSettings settings, string name) => settings.Values.TryGetValue(name, out var setting) ? setting.Origin : "not known yet";
}
