using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Clean;

/// <summary>What may be deleted and what is kept, as an operator reads it.</summary>
public static class CleanReport
{
    /// <summary>Draws both.</summary>
    public static void Draw(IAnsiConsole console, IReadOnlyList<CleanRow> rows)
    {
        ArgumentNullException.ThrowIfNull(console);
        var going = rows.Where(r => r.Kept is null).ToList();
        if (going.Count > 0)
        {
            var table = new ReportTable(new DeletableTable());
            foreach (var row in going)
            {
                table.AddRow(
                    new Cell(row.Name),
                    new Cell(row.Leftover ? "rest of a deletion" : StateOf(row)),
                    new Cell(AgeOf(row)),
                    new Cell((row.Bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture)),
                    Cell.Of([.. row.Goes])
                );
            }

            console.Write(table);
            console.Line(
                $"{Counted.Of(going.Count, "workflow")}, {WorkflowSweep.Megabytes(going.Sum(r => r.Bytes))}. Results in outputs/ stay."
            );
        }

        DrawKept(console, [.. rows.Where(r => r.Kept is not null)]);
    }

    /// <summary>Draws those that are kept.</summary>
    public static void DrawKept(IAnsiConsole console, IReadOnlyList<CleanRow> kept)
    {
        foreach (var row in kept)
        {
            console.Line($"Kept: {row.Name}: {row.Kept}.");
        }
    }

    private static string StateOf(CleanRow row) => row.State is { } state ? StateNames.Spell(state) : "-";

    private static string AgeOf(CleanRow row) => row.Age is { } age ? OlderThan.Describe(age) : "-";
}
