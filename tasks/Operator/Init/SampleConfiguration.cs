using System.Text;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Init;

/// <summary>
/// A <c>.xenon_config</c> with all keys, made from their declarations. Required keys are empty, so that LoadConfig reports them; all others
/// are commented out, with their defaults.
/// </summary>
public static class SampleConfiguration
{
    private const string Heading = """
        # Configuration of Outsource. Fill in the keys that stand empty; LoadConfig says which are missing.
        #
        # Lines that begin with # are comments; a comment behind a value would belong to the value.
        # An indented line continues the one above; the entries of a list stand between commas.
        # $VARIABLES are expanded. Other users should not be able to read this file: it contains passwords.
        # A key that is commented out shows what holds without it, or an example.

        """;

    /// <summary>The whole file, lines ended by <c>\n</c>.</summary>
    public static string Text()
    {
        var text = new StringBuilder(Heading.ReplaceLineEndings("\n"));
        foreach (var section in KeyCatalog.All.GroupBy(k => k.Section))
        {
            text.Append("\n[").Append(section.Key).Append("]\n");
            foreach (var key in section)
            {
                Append(text, key);
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// Whether the key must be filled in: of the two services of the RunDB, those of the one over REST; of the two plans, those of by-type.
    /// </summary>
    public static bool ToFillIn(Key key) => (key.Required && key.Plan.Holds(PlanKind.ByType)) || key.NeededBy == "rest";

    private static void Append(StringBuilder text, Key key)
    {
        text.Append("# ").Append(key.Description).Append('\n');
        var value = IsValue(key.Default) ? key.Default : key.Sample;
        if (ToFillIn(key))
        {
            text.Append(value is null ? "" : $"# Example: {value}\n").Append(key.Name).Append(" =\n");
        }
        else if (key.Written)
        {
            text.Append(key.Name).Append(" = ").Append(key.Default).Append('\n');
        }
        else
        {
            text.Append("# ").Append(key.Name).Append(" =").Append(value is null ? "" : $" {value}").Append('\n');
        }
    }

    /// <summary>Some defaults are a rule as text.</summary>
    private static bool IsValue(string? text) => text is not null && !text.Contains(' ', StringComparison.Ordinal);
}
