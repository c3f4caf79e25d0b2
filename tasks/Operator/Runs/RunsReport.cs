using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Spectre.Console;

namespace Outsource.Operator.Runs;

/// <summary>What there is to choose from as tables.</summary>
/// <param name="answer">What was counted and asked for.</param>
public sealed class RunsReport(RunsAnswer answer)
{
    /// <summary>Most rows of a table.</summary>
    public const int Most = 50;

    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var inventory = answer.Inventory;
        var filters = answer.Filters.Count == 0 ? "" : $", with {string.Join(' ', answer.Filters)}";
        console.Line($"{Counted.Of(inventory.Runs, "run")} of {answer.Source} ({answer.Range}{filters}).");
        if (inventory.Runs > 0)
        {
            DrawKinds(console, [.. inventory.Kinds], inventory.Others.Kinds);
            DrawTags(console, [.. inventory.Tags], inventory.Others.Tags);
            DrawTypes(console, [.. inventory.Types], inventory.Others.Types);
        }

        foreach (var remark in answer.Remarks.Prepend(""))
        {
            console.Line(remark);
        }

        if (inventory.Runs > 0)
        {
            console.Line("exclude_modes, exclude_tags and the other rules leave nothing out here; --target=DryRun says what is processed.");
        }
    }

    private static void DrawKinds(IAnsiConsole console, ImmutableArray<TallyRow<RunKind>> all, long others)
    {
        console.Line();
        var table = new ReportTable(new RunKindsTable());
        foreach (var kind in all.Take(Most))
        {
            table.AddRow(
                Shown(kind.Value.Mode),
                Source(kind.Value),
                Cell.Of(Detectors(kind.Value)),
                Number(kind.Runs),
                Numbers(kind.First, kind.Last)
            );
        }

        console.Write(table);
        TellMore(console, "combination", all.Length, others);
    }

    private static void DrawTags(IAnsiConsole console, ImmutableArray<TallyRow<string>> all, long others)
    {
        console.Line();
        var table = new ReportTable(new RunTagsTable());
        foreach (var tag in all.Take(Most))
        {
            table.AddRow(Shown(tag.Value), Number(tag.Runs), Numbers(tag.First, tag.Last));
        }

        Draw(console, table, "tag", all.Length, others);
    }

    private static void DrawTypes(IAnsiConsole console, ImmutableArray<StoredType> all, long others)
    {
        console.Line();
        var table = new ReportTable(new StoredTypesTable());
        foreach (var type in all.Take(Most))
        {
            table.AddRow(
                Shown(type.Type),
                Number(type.Stored),
                Number(type.Runs.Runs - type.Stored),
                Numbers(type.Runs.First, type.Runs.Last)
            );
        }

        Draw(console, table, "data type", all.Length, others);
    }

    private static void Draw(IAnsiConsole console, ReportTable table, string what, int values, long others)
    {
        if (values == 0)
        {
            console.Line($"None of these runs has a {what}.");
            return;
        }

        console.Write(table);
        TellMore(console, what, values, others);
    }

    private static void TellMore(IAnsiConsole console, string what, int values, long others)
    {
        if (values > Most)
        {
            console.Line($"and {Counted.Of(values - Most, what)} more (--json and --tsv have up to {Number(RunInventory.Most)}).");
        }

        if (others > 0)
        {
            console.Line(
                $"and more than {Number(RunInventory.Most)} in all: {Counted.Of(others, "run")} with others "
                    + $"{Counted.Word(others, "is", "are")} not in the table."
            );
        }
    }

    private static string Source(RunKind kind) => kind.Source.Length == 0 ? "-" : Shown(kind.Source);

    private static string[] Detectors(RunKind kind) => Shown(kind.Detectors).Split(", ");

    private static string Shown(string text) => UntrustedText.Shown(text.Replace('\t', ' '));

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Numbers(int first, int last) =>
        first == last ? Plain(first) : $"{Plain(first)}-{Plain(last)}";

    private static string Plain(int number) => number.ToString(CultureInfo.InvariantCulture);
}
