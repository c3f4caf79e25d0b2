using System.Globalization;
using Outsource.Settings.Keys;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>The settings, versions and hashes that the workflow was made with.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class SettingsPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Settings is not { } settings)
        {
            return;
        }

        page.Begin("settings", "Settings");
        Table(
            "Settings, and where each came from",
            ["Setting", "~Value", "~From"],
            settings.Values.Select(v => new[] { v.Key, WithUnit(v.Key, Shorten(v.Value.Value)), v.Value.Origin })
        );
        page.Html.Raw("<h3>Versions and hashes</h3>");
        Table("Versions", ["What", "~Value"], settings.Facts.Select(f => new[] { f.Key, f.Value }));
        Table("Lineage hashes of the context document", ["Data type", "Hash"], settings.Hashes.Select(h => new[] { h.Key, h.Value }));
    }

    private void Table(string caption, string[] columns, IEnumerable<string[]> rows) =>
        page.Html.Add($"{new BarTable(caption, columns, [.. rows.Select(r => new BarRow(r, 0))]).Draw()}");

    /// <summary>A number with the unit that its setting has: <c>14,500 MB</c>.</summary>
    private static string WithUnit(string setting, string value) =>
        SettingCatalog.ByName.GetValueOrDefault(setting)?.Unit is { } unit
        && decimal.TryParse(value, CultureInfo.InvariantCulture, out var n)
            ? n.ToString("#,0.############", CultureInfo.InvariantCulture) + " " + unit
            : value;

    /// <summary>A list of a thousand runs is too long to read here; the artifact has it.</summary>
    private static string Shorten(string value) =>
        value.Length <= 600 ? value : $"{value[..600]} … ({Number(value.Length)} characters, all in settings.yml)";
}
