using System.Collections.Immutable;
using Outsource.Artifacts;

namespace Outsource.Operator.Diff;

/// <summary>The differences between the settings of two plans.</summary>
public static class SettingsDifference
{
    /// <summary>The differences; of a setting with its origins.</summary>
    public static ImmutableArray<ChangedValue> Of(RecordedSettings before, RecordedSettings after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var settings = PlanDifference.Compare(
            before.Values.Select(v => KeyValuePair.Create(v.Key, v.Value.Value)),
            after.Values.Select(v => KeyValuePair.Create(v.Key, v.Value.Value))
        );
        return
        [
            .. settings.Select(s => s with { Remark = $"{OriginIn(before, s.What)}; then {OriginIn(after, s.What)}" }),
            .. PlanDifference.Compare(before.Facts, after.Facts),
        ];
    }

    private static string OriginIn(RecordedSettings settings, string name) =>
        settings.Values.TryGetValue(name, out var setting) ? setting.Origin : "unknown";
}
