using System.Text;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Operator.Init;

/// <summary>The table of keys in docs/configuration.md, made from their declarations.</summary>
internal static class KeyTable
{
    /// <summary>The table in Markdown, a line ended by <c>\n</c> a key, section after section.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| section | key | meaning |\n|---|---|---|\n");
        foreach (var key in KeyCatalog.All)
        {
            text.Append("| `[")
                .Append(key.Section)
                .Append("]` | `")
                .Append(key.Name)
                .Append("` | ")
                .Append(key.Description.Replace("|", "\\|", StringComparison.Ordinal))
                .Append(" |\n");
        }

        return text.ToString();
    }
}
