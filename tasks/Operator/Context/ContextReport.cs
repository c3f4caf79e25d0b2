using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Levels;
using Spectre.Console;

namespace Outsource.Operator.Context;

/// <summary>The levels of a context as tables.</summary>
/// <param name="answer">The answer.</param>
public sealed class ContextReport(ContextAnswer answer)
{
    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        console.Line(answer.Summary);
        console.Line(answer.Source);
        foreach (var plan in answer.Plans)
        {
            console.Line();
            console.Line($"{plan.Detector.Name}, from {plan.Detector.Raw}:");
            var table = new ReportTable(new LevelsTable());
            Add(table, "lower", plan.Lower);
            Add(table, "upper", plan.Upper);
            console.Write(table);
            foreach (var other in plan.NotStored)
            {
                console.Line($"{other.Type} is not stored: {other.Why}.");
            }
        }

        console.Line();
        console.Line(
            answer.Plans.IsEmpty
                ? "None of these types is made from such runs."
                : "The lower level is made from parts of the chunks, always as a whole. The upper level is made from the whole run."
        );
    }

    private static void Add(ReportTable table, string name, Level level)
    {
        foreach (var stored in level.Stored)
        {
            table.AddRow(
                stored.Type.Name,
                name,
                ContextAnswer.Why(stored),
                stored.Type.ItemSize?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown",
                stored.Type.Hash ?? "unknown"
            );
        }
    }
}
