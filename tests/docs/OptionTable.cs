using System.Text;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Docs;

/// <summary>The table of options in docs/options.md, made from their declarations.</summary>
internal static class OptionTable
{
    /// <summary>The table in Markdown, a line ended by <c>\n</c> an option: ours, then Cake's.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| option | meaning | default | also set by |\n|---|---|---|---|\n");
        foreach (var option in OptionCatalog.Ours.Concat(OptionCatalog.Cakes))
        {
            text.Append("| `")
                .Append(Cell(option.Usage))
                .Append("` | ")
                .Append(Cell(option.Meaning))
                .Append(" | ")
                .Append(Cell(option.Default ?? ""))
                .Append(" | ")
                .Append(Cell(option.AlsoSetBy))
                .Append(" |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
