using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Operator.Runs;

/// <summary>
/// What there is to choose from as one table for <c>cut</c>, <c>awk</c> and spreadsheets: a header line, then a line for each value. A
/// column that a line does not have is empty.
/// </summary>
public static class RunsTsv
{
    /// <summary>Writes the lines.</summary>
    public static void Write(TextWriter to, RunsAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(answer);
        Line(to, "what", "name", "source", "detectors", "runs", "stored", "first", "last");
        foreach (var kind in answer.Inventory.Kinds)
        {
            var (name, source, detectors) = kind.Value;
            Line(to, "mode", name, source, detectors, Number(kind.Runs), "", Number(kind.First), Number(kind.Last));
        }

        foreach (var tag in answer.Inventory.Tags)
        {
            Line(to, "tag", tag.Value, "", "", Number(tag.Runs), "", Number(tag.First), Number(tag.Last));
        }

        foreach (var type in answer.Inventory.Types)
        {
            var runs = type.Runs;
            Line(to, "data_type", type.Type, "", "", Number(runs.Runs), Number(type.Stored), Number(runs.First), Number(runs.Last));
        }

        foreach (var faulty in answer.Inventory.Faulty)
        {
            Line(to, "faulty", ReasonCodes.Spell(faulty.Reason), "", "", Number(faulty.Documents), "", "", "");
        }
    }

    private static void Line(TextWriter to, params IEnumerable<string> values) =>
        to.Write(string.Join('\t', values.Select(v => UntrustedText.Shown(v.Replace('\t', ' ')))) + "\n");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
