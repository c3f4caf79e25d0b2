using System.Globalization;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Decides which plan a command makes: what is said, else by the keys that the configuration has.</summary>
/// <param name="values">Reads values, and collects errors.</param>
internal sealed class PlanChoice(ValueReader values)
{
    /// <summary>Keys that only plans by level have.</summary>
    private static readonly string[] OfLevels = ["include_data_types", "raw_records_rses"];

    /// <summary>The plan. The reader of values knows it from here on.</summary>
    public PlanKind Read()
    {
        var setting = SettingCatalog.ByName["plan"];
        var faults = values.Faults.Count;
        var plan = (PlanKind)values.Read(setting)!;
        var isSaid = values.Origins[setting.Name] != "default" && values.Faults.Count == faults;
        if (!isSaid && OfLevels.Select(Written).OfType<ConfigValue>().FirstOrDefault() is { } key)
        {
            plan = PlanKind.ByLevel;
            values.Origins[setting.Name] = key.Line == 0 ? $"{Assignments.Origin} {key.Key}" : $"{values.ConfigPath}:{key.Line}";
        }

        values.Plan = plan;
        WarnOfBoth(plan);
        return plan;
    }

    /// <summary>Why it is that plan, in a few words: <c>--plan</c>, <c>/home/x/.xenon_config:12</c>.</summary>
    public static string Why(OutsourceSettings settings) =>
        settings.Origins.GetValueOrDefault("plan", "default") switch
        {
            "default" => "the configuration has no include_data_types",
            var origin when origin.StartsWith("argument ", StringComparison.Ordinal) => origin["argument ".Length..],
            var origin => origin,
        };

    /// <summary>A key that has a value; one that is empty says nothing.</summary>
    private ConfigValue? Written(string key) =>
        (key == OfLevels[^1] ? values.Literal(key) : values.InFile(key)) is { } value && value.Text.Trim().Length > 0 ? value : null;

    /// <summary>A configuration with types for both plans is told which ones do not count.</summary>
    private void WarnOfBoth(PlanKind plan)
    {
        if (Written("dtypes") is not { } byType || Written("include_data_types") is not { } byLevel)
        {
            return;
        }

        var (unused, used) = plan == PlanKind.ByLevel ? (byType, byLevel) : (byLevel, byType);
        values.Warn(
            $"{unused.Key} is not used, because the plan is {plan.Word()}: the data types are those of {used.Key}"
                + $"{(used.Line == 0 ? "" : $" (line {used.Line.ToString(CultureInfo.InvariantCulture)})")}.",
            unused.Line
        );
    }
}
