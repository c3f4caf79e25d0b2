using Outsource.Errors;
using Spectre.Console;

namespace Outsource.Preflight;

/// <summary>The checks as an operator sees them.</summary>
public static class CheckTable
{
    /// <summary>Draws them all.</summary>
    public static void Draw(IAnsiConsole console, IReadOnlyList<Check> checks)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("check", "", "found", "cure");
        foreach (var check in checks)
        {
            var (word, colour) = check.State switch
            {
                CheckState.Ok => ("ok", "green"),
                CheckState.Warning => ("warning", "yellow"),
                _ => ("FAILED", "red"),
            };
            table.AddRow(Markup.Escape(check.Subject), $"[{colour}]{word}[/]", Markup.Escape(check.Finding), Markup.Escape(check.Cure ?? ""));
        }

        console.Write(table);
    }

    /// <summary>The closing line.</summary>
    public static string Totals(IReadOnlyList<Check> checks)
    {
        int Count(CheckState state) => checks.Count(c => c.State == state);
        return FormattableString.Invariant($"{checks.Count} checks: {Count(CheckState.Ok)} ok, {Count(CheckState.Warning)} {(Count(CheckState.Warning) == 1 ? "warning" : "warnings")}, {Count(CheckState.Failed)} failed.");
    }

    /// <exception cref="OutsourceException">One has failed; all that have are told with their cures.</exception>
    public static void ThrowIfAnyFailed(IReadOnlyList<Check> checks)
    {
        var failed = checks.Where(c => c.State == CheckState.Failed).ToList();
        if (failed.Count > 0)
        {
            throw new OutsourceException($"{Totals(checks)} Nothing is submitted before these are cured:\n" + string.Join('\n', failed.Select(c => $"  {c.Subject}: {c.Finding}. {c.Cure}".TrimEnd())));
        }
    }
}
