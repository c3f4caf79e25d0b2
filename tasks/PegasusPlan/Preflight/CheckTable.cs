using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>The checks as the operator sees them.</summary>
public static class CheckTable
{
    /// <summary>Draws all: a table on a terminal, one line each in a pipe, where a table would be padded to its longest cell.</summary>
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

        var table = new ReportTable(new ChecksTable());
        foreach (var check in checks)
        {
            var colour = check.State switch
            {
                CheckState.Ok => Color.Green,
                CheckState.Warning => Color.Yellow,
                _ => Color.Red,
            };
            table.AddRow(check.Subject, new Cell(Word(check.State), new Style(colour)), check.Finding, check.Remedy ?? "");
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

    /// <summary>For checks that were already drawn: names those that failed, without repeating them.</summary>
    /// <exception cref="OutsourceException">One has failed.</exception>
    public static void ThrowIfAnyFailed(IReadOnlyList<CheckResult> checks) =>
        Throw(checks, failed => $" {string.Join(", ", failed.Select(c => c.Subject))}.");

    /// <summary>For checks that were not drawn: shows those that failed, with what to do.</summary>
    /// <exception cref="OutsourceException">One has failed.</exception>
    public static void ThrowTellingFailed(IReadOnlyList<CheckResult> checks) =>
        Throw(checks, failed => "\n" + string.Join('\n', failed.Select(c => "  " + Sentence(c))));

    private static void Throw(IReadOnlyList<CheckResult> checks, Func<IReadOnlyList<CheckResult>, string> those)
    {
        var failed = checks.Where(c => c.State == CheckState.Failed).ToList();
        if (failed.Count > 0)
        {
            throw new OutsourceException($"{Totals(checks)} Fix these before submitting:{those(failed)}");
        }
    }

    /// <summary>The finding may be a whole sentence with its full stop.</summary>
    private static string Sentence(CheckResult check) => $"{check.Subject}: {check.Finding.TrimEnd('.')}. {check.Remedy}".TrimEnd();

    private static string Word(CheckState state) =>
        state switch
        {
            CheckState.Ok => "ok",
            CheckState.Warning => "warning",
            _ => "FAILED",
        };
}
