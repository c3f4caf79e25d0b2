using Outsource.Model.Runs;
using Outsource.Operator.Draw;

namespace Outsource.Operator.Report;

/// <summary>The graph of the whole plan, and that of one run.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
/// <param name="drawn">The run whose graph is drawn, or null: the one with most jobs.</param>
internal sealed class GraphPart(ReportSections page, ReportData data, int? drawn)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Plan is not { Groups.IsEmpty: false } plan)
        {
            return;
        }

        page.Begin("graph", "Graph");
        Drawing("The whole plan", GraphBuilder.OfPlan(data.Name, plan), "plan");
        var run =
            drawn is { } asked && data.Processed.Contains(asked)
                ? asked
                : plan.Groups.GroupBy(g => g.Run).MaxBy(g => (g.Count(), g.Sum(j => j.Jobs)))!.Key;
        Drawing($"Run {RunDocument.Padded(run)}", GraphBuilder.OfRun(run, plan.Groups.Where(g => g.Run == run)), "run");
    }

    private void Drawing(string title, WorkflowGraph graph, string id) =>
        page
            .Html.Add($"<h3>{title}</h3><p>{graph.Description}</p>")
            .Add($"<div class=\"drawing\" role=\"region\" aria-label=\"{title}\">")
            .Raw(SvgDrawing.Part(graph, id))
            .Raw("</div>");
}
