using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>The checks as an operator sees them.</summary>
public static class CheckTable
{
    /// <summary>Draws them all: a table on a terminal, a line each in a pipe, where a table would be padded to its longest cell.</summary>
    public static void Draw(IAnsiConsole console, IReadOnlyList<CheckResult> checks)
    {
        if (!console.Profile.Capabilities.Ansi)
        {
            foreach (var check in checks)
            {
                console.Profile.Out.Writer.Write($"{Word(check.State),-8} {Sentence(check)}\n");
            }

            return;
        }

        var table = ReportTables.New(console, "check", "state", "found", "cure");
        foreach (var check in checks)
        {
            var colour = check.State switch
            {
                CheckState.Ok => Color.Green,
                CheckState.Warning => Color.Yellow,
                _ => Color.Red,
            };
            table.AddRow(check.Subject, new Cell(Word(check.State), new Style(colour)), check.Finding, check.Cure ?? "");
        }

        console.Write(table);
    }

    /// <summary>The closing line.</summary>
    public static string Totals(IReadOnlyList<CheckResult> checks)
    {
        int Count(CheckState state) => checks.Count(c => c.State == state);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(checks.Count, "check")}: {Count(CheckState.Ok)} ok, {Counted.Of(Count(CheckState.Warning), "warning")}, "
                + $"{Count(CheckState.Failed)} failed."
        );
    }

    /// <param name="checks">The checks.</param>
    /// <param name="drawn">Whether all of them have been shown already: then those that failed are named, and not told again.</param>
    /// <exception cref="OutsourceException">One has failed; all that have are named, with their cures where nothing was shown.</exception>
    public static void ThrowIfAnyFailed(IReadOnlyList<CheckResult> checks, bool drawn)
    {
        var failed = checks.Where(c => c.State == CheckState.Failed).ToList();
        if (failed.Count > 0)
        {
            throw new OutsourceException(
                drawn
                    ? $"{Totals(checks)} Nothing is submitted before these are cured: {string.Join(", ", failed.Select(c => c.Subject))}."
                    : $"{Totals(checks)} Nothing is submitted before these are cured:\n"
                        + string.Join('\n', failed.Select(c => "  " + Sentence(c)))
            );
        }
    }

    /// <summary>What was found may be somebody else's sentence, with its full stop.</summary>
    private static string Sentence(CheckResult check) => $"{check.Subject}: {check.Finding.TrimEnd('.')}. {check.Cure}".TrimEnd();

    private static string Word(CheckState state) =>
        state switch
        {
            CheckState.Ok => "ok",
            CheckState.Warning => "warning",
            _ => "FAILED",
        };
}
