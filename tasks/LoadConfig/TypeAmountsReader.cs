using Outsource.Foundation.Text;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Reads the keys <c>memory.TYPE</c> and <c>disk.TYPE</c>, whose data types the tables must have.</summary>
/// <param name="values">Reads values, and collects errors.</param>
/// <param name="tables">The tables; null: they cannot be read, which is already reported.</param>
internal sealed class TypeAmountsReader(ValueReader values, DataTables? tables)
{
    /// <summary>The amounts that are valid; what is not is reported.</summary>
    public TypeAmounts Read(Setting setting)
    {
        var amounts = TypeAmounts.None;
        foreach (var (typed, value) in values.PerType(setting))
        {
            var amount = values.Amount(setting, value);
            if (tables is null)
            {
                continue;
            }

            // Keys are in lower case, names of types need not be.
            var type = tables.Names.FirstOrDefault(n => string.Equals(n, typed, StringComparison.OrdinalIgnoreCase));
            if (type is null)
            {
                values.Wrong(
                    $"{setting.Name}.{UntrustedText.Brief(typed)}: there is no data type '{UntrustedText.Brief(typed)}'"
                        + $"{NearestName.Hint(typed, tables.Names)}. Allowed are {string.Join(", ", tables.Names)}.{Level(setting, typed)}",
                    value.Line
                );
            }
            else if (amount is { } valid)
            {
                amounts = amounts.With(type, valid);
            }
        }

        return amounts;
    }

    /// <summary>The key that the name of a level, such as 'events', stands for.</summary>
    private static string Level(Setting setting, string typed) =>
        SettingCatalog.ByName.TryGetValue($"{typed}_{setting.Name}", out var level)
            ? $" {level.Name} is the {level.Key!.Meaning}."
            : "";
}
