using System.Collections.Immutable;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Settings.Options;
using Spectre.Console;

namespace Outsource.Operator.Reconcile;

/// <summary>A comparison for people, or as a document.</summary>
/// <param name="head">What it is about.</param>
/// <param name="findings">What was found.</param>
/// <param name="commands">What this program does not do itself.</param>
public sealed class ReconcileAnswer(ReconcileHead head, ImmutableArray<Finding> findings, RepairCommands commands)
{
    /// <summary>Lines of the table, and commands, that are shown; all are in the artifact.</summary>
    private const int Most = 50;

    /// <summary>What does not agree.</summary>
    public ImmutableArray<Finding> Open { get; } = [.. findings.Where(f => !OutcomeCodes.Agrees(f.Outcome))];

    /// <summary>The steps that this program can do, in order.</summary>
    public ImmutableArray<RepairStep> Ours { get; } = [.. findings.SelectMany(f => f.Steps).Where(s => s.IsOurs)];

    /// <summary>Draws it.</summary>
    /// <param name="console">Where.</param>
    /// <param name="path">Where all of it is.</param>
    public void Draw(IAnsiConsole console, string path)
    {
        ArgumentNullException.ThrowIfNull(console);
        var totals = new ReportTable(new OutcomeTotalsTable());
        foreach (var (outcome, number) in ReconcileFile.Totals(findings))
        {
            totals.AddRow(OutcomeCodes.Spell(outcome), FormattableString.Invariant($"{number:N0}"), OutcomeCodes.Meaning(outcome));
        }

        totals.AddRow("all", FormattableString.Invariant($"{findings.Length:N0}"), "");
        console.Write(totals);
        if (Open.IsEmpty)
        {
            return;
        }

        var table = new ReportTable(new DisagreementsTable());
        foreach (var finding in Open.Take(Most))
        {
            table.AddRow(
                RunDocument.Padded(finding.Data.Run),
                finding.Data.Type,
                OutcomeCodes.Spell(finding.Outcome),
                finding.Detail,
                finding.Steps.IsEmpty ? "-" : string.Join(", ", finding.Steps.Select(s => RepairStep.Spell(s.Kind)))
            );
        }

        console.Write(table);
        if (Open.Length > Most)
        {
            console.Line($"{Open.Length - Most} more are in {path}.");
        }

        DrawCommands(console, path);
    }

    /// <summary>The document of <c>--json</c>.</summary>
    /// <param name="done">What became of the steps that were done.</param>
    public string Json(IReadOnlyList<DoneStep> done) =>
        JsonOutput.Render(
            new
            {
                Schema = ReconcileFile.Schema,
                head.At,
                About = head.Title,
                head.Workflow,
                Rundb = head.RunDb,
                head.Rucio,
                Datasets = findings.Length,
                Agree = findings.Length - Open.Length,
                Totals = ReconcileFile.Totals(findings).ToDictionary(t => OutcomeCodes.Spell(t.Outcome), t => t.Number),
                Open = Open.Select(f => new
                {
                    f.Data.Run,
                    f.Data.Type,
                    f.Data.Hash,
                    f.Data.Did,
                    Outcome = OutcomeCodes.Spell(f.Outcome),
                    Detail = UntrustedText.Shown(f.Detail),
                    Rse = f.Rse is { } rse ? UntrustedText.Shown(rse) : null,
                    Steps = f.Steps.Select(s => new
                    {
                        Kind = RepairStep.Spell(s.Kind),
                        Rse = s.Rse is { } at ? UntrustedText.Shown(at) : null,
                        Command = RepairCommands.Of(s),
                    }),
                }),
                MakeAgain = commands.Submit(findings),
                Done = done.Select(d => new
                {
                    d.Step.Data.Did,
                    Kind = RepairStep.Spell(d.Step.Kind),
                    State = Spelling.Kebab(d.State.ToString()),
                    Detail = d.Detail is { } why ? UntrustedText.Shown(why) : null,
                }),
            }
        );

    private void DrawCommands(IAnsiConsole console, string path)
    {
        var steps = Open.SelectMany(f => f.Steps).ToList();
        var typed = steps.Select(RepairCommands.Of).OfType<string>().ToList();
        if (typed.Count > 0)
        {
            console.Line("Commands that this program leaves to you:");
            foreach (var command in typed.Take(Most))
            {
                console.Line("  " + command);
            }

            if (typed.Count > Most)
            {
                console.Line($"  and {typed.Count - Most} more, in {path}");
            }
        }

        var packed = steps.Where(s => s.Kind == RepairKind.UploadAgain && s.Data.Folder is null).Select(s => s.Data.Run).ToList();
        if (packed.Count > 0)
        {
            console.Line($"To be unpacked before they can be uploaded (--target=Unpack): runs {RunRanges.Text(packed)}.");
        }

        if (commands.Submit(findings) is { } submit)
        {
            console.Line("To make again what is lost, once its false entries are gone:");
            console.Line("  " + submit);
        }
    }
}
