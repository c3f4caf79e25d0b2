using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Calibrating;
using Spectre.Console;

namespace Outsource.Operator.Calibrate;

/// <summary>A calibration for people, or as a document.</summary>
/// <param name="name">The workflow.</param>
/// <param name="rows">What was fitted.</param>
/// <param name="proposals">What is proposed.</param>
/// <param name="diffs">The same as changes of files, with the file that holds each.</param>
public sealed class CalibrateAnswer(
    string name,
    ImmutableArray<CalibrateRow> rows,
    ImmutableArray<Proposal> proposals,
    ImmutableArray<(string Path, ProposedDiff Diff)> diffs
)
{
    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var table = new ReportTable(new CalibrateTable());
        foreach (var row in rows)
        {
            table.AddRow(
                row.Family,
                $"{CalibrateRow.Word(row.Amount)}, {CalibrateRow.UnitOf(row.Amount)}",
                Number(row.Jobs),
                string.Join('/', row.FinishedInTry.Select(n => Number(n))),
                Range(row.Used),
                row.Asked is { } asked ? Range(asked) : "-",
                row.Panel.Now is { } now ? (100 * now.Over).ToString("0.#", CultureInfo.InvariantCulture) : "-",
                row.Best ?? $"too little to go on: fewer than {FamilyFit.Fewest} jobs"
            );
        }

        console.Write(table);
        if (proposals.IsEmpty)
        {
            return;
        }

        var proposed = new ReportTable(new ProposalsTable());
        foreach (var proposal in proposals)
        {
            proposed.AddRow(proposal.Key, proposal.Old ?? "-", proposal.New, proposal.Why);
        }

        console.Write(proposed);
        foreach (var (path, diff) in diffs.Where(d => d.Diff.Text.Length > 0))
        {
            console.Line($"To apply it: {ShellText.Join(["patch", diff.File, path])}");
        }

        foreach (var left in diffs.SelectMany(d => d.Diff.Left))
        {
            console.Line($"Not in a diff, because its line was not found: {left.Key}: {left.New}");
        }
    }

    /// <summary>The document of <c>--json</c>.</summary>
    public string Json() =>
        JsonOutput.Render(
            new
            {
                CalibrateFile.Schema,
                Workflow = name,
                FewestJobs = FamilyFit.Fewest,
                Families = rows.Select(CalibrateFile.Document),
                Proposals = proposals.Select(CalibrateFile.Document),
                Diffs = diffs
                    .Where(d => d.Diff.Text.Length > 0)
                    .Select(d => new
                    {
                        d.Diff.File,
                        Diff = d.Path,
                        d.Diff.Text,
                    }),
            }
        );

    private static string Range((double Least, double Most) range)
    {
        var (least, most) = (Text(range.Least), Text(range.Most));
        return least == most ? least : $"{least}-{most}";
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(number < 10 ? "0.####" : "N0", CultureInfo.InvariantCulture);
}
