using System.Globalization;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.Operator.Explain;

/// <summary>Explanations for people or for programs.</summary>
public static class ExplainOutput
{
    /// <summary>Writes them for programs, as one document.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="workflow">Name of the workflow.</param>
    /// <param name="explainer">Made them.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="fresh">Set if they were asked for again, else null.</param>
    public static void WriteDocument(
        IAnsiConsole console,
        string workflow,
        RunExplainer explainer,
        IReadOnlyList<ExplainedRun> runs,
        Freshness? fresh
    )
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(explainer);
        console.Profile.Out.Writer.Write(ExplainJson.Render(workflow, explainer.AskedAt, explainer.Source, runs, fresh));
    }

    /// <summary>Writes them for people.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="explainer">Made them.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="fresh">Set if they were asked for again, else null.</param>
    public static void WriteReports(IAnsiConsole console, RunExplainer explainer, IReadOnlyList<ExplainedRun> runs, Freshness? fresh)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(runs);
        foreach (var run in runs)
        {
            new ExplainReport(run, explainer.AskedAt, explainer.Source) { Fresh = fresh is not null }.Draw(console);
            foreach (var line in fresh?.Earlier?.Changes(run) ?? [])
            {
                console.Line(line);
            }
        }

        if (fresh is not null)
        {
            console.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only {(runs.Count == 1 ? "this run was" : "these runs were")} requested: it is unknown whether max_daily = "
                        + $"{fresh.MaxDaily} excludes {(runs.Count == 1 ? "it" : "them")}."
                )
            );
        }
    }
}
