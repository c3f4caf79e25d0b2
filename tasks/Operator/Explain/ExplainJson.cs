using Outsource.Foundation.Files;
using Outsource.Model.Ledger;

namespace Outsource.Operator.Explain;

/// <summary>Explanations as one JSON document (docs/schemas/explain.schema.json).</summary>
public static class ExplainJson
{
    public const string Schema = "outsource/explain/1";

    /// <summary>The document.</summary>
    public static string Render(
        string workflow,
        DateTimeOffset askedAt,
        string source,
        IEnumerable<ExplainedRun> runs,
        Freshness? fresh = null
    ) =>
        JsonOutput.Render(
            new
            {
                Schema,
                Workflow = fresh is null ? workflow : fresh.Earlier?.Workflow,
                Fresh = fresh is not null,
                Source = source,
                AskedAt = askedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                Runs = runs.Select(r => OfRun(r, fresh)),
            }
        );

    private static object OfRun(ExplainedRun r, Freshness? fresh) =>
        new
        {
            Run = r.Document.Number,
            r.Document.Mode,
            r.Document.Source,
            r.Document.Detectors,
            r.Document.Tags,
            r.Document.Start,
            r.Document.End,
            Data = r.Document.Data.Select(e => new
            {
                e.Type,
                e.Host,
                e.Location,
                e.Did,
                e.Status,
                e.SizeMb,
            }),
            Decisions = r.OfRun.Select(Of),
            Types = r.Types.Select(t => OfType(t, fresh?.Earlier?.Lines.GetValueOrDefault((r.Document.Number!.Value, t.Line.Type)))),
        };

    private static object OfType(ExplainedType t, LedgerLine? before) =>
        new
        {
            t.Line.Type,
            Outcome = ReasonCodes.Spell(t.Line.Verdict.Outcome),
            Code = ReasonCodes.Spell(t.Line.Verdict.Reason),
            t.Line.Verdict.Detail,
            Before = before is { } then
                ? new
                {
                    Outcome = ReasonCodes.Spell(then.Verdict.Outcome),
                    Code = ReasonCodes.Spell(then.Verdict.Reason),
                    then.Verdict.Detail,
                }
                : null,
            Decisions = t.Decisions.Select(Of),
            ToChangeIt = t.Remedies.Select(c => c.Text),
            Jobs = t.Jobs is not { } jobs
                ? null
                : new
                {
                    Name = jobs.JobName,
                    jobs.Jobs,
                    jobs.Chunks,
                    jobs.Resources.MemoryMb,
                    jobs.Resources.DiskKb,
                    jobs.Requirements,
                    jobs.Parents,
                },
        };

    private static object Of(Decision decision) =>
        new
        {
            Rule = Rules.Spell(decision.Rule),
            decision.Yes,
            decision.Value,
            Code = decision.Reason is { } reason ? ReasonCodes.Spell(reason) : null,
        };
}
