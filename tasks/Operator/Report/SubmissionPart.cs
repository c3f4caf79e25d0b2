using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows;
using Outsource.Workflows.State;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>The state of the submitted workflow.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class SubmissionPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Status is not { } status)
        {
            return;
        }

        page.Begin("status", "Status");
        page.Html.Add($"<p><b>{status.StateWords}</b>{(status.Detail is { } detail ? $": {detail}." : "")}</p>");
        foreach (var fact in new StatusReport(status).Facts())
        {
            page.Html.Add($"<p>{fact}</p>");
        }

        foreach (var warning in status.Warnings)
        {
            page.Html.Add($"<p class=\"note\">{warning}.</p>");
        }

        ByState(status);
        Parts(status);
        Timeline(status);
        if (!status.Holds.IsEmpty)
        {
            Holds(status);
        }

        Causes();
        new UsagePart(page).Write(status);
    }

    private void ByState(WorkflowStatus status)
    {
        var states = Enum.GetValues<NodeState>().Where(s => status.Counts[s] > 0).ToList();
        page.Html.Add(
            new BarTable(
                "Nodes by job and state; names in brackets are the planner's",
                ["Job", .. states.Select(s => "#" + s), "#Total"],
                [
                    .. status.JobNames.Select(j => new BarRow(
                        [j.Ours ? j.Name : $"({j.Name})", .. states.Select(s => Number(j.Counts[s])), Number(j.Counts.Total)],
                        j.Counts.Total,
                        j.Counts[NodeState.Done]
                    )),
                ]
            )
            {
                Bar = "nodes",
                Part = "done",
                Total = ["total", .. states.Select(s => Number(status.Counts[s])), Number(status.Counts.Total)],
            }.Draw()
        );
    }

    private void Parts(WorkflowStatus status)
    {
        if (status.Parts.IsEmpty)
        {
            return;
        }

        var counts = new PartCounts(status.Parts);
        page.Html.Add(
            new BarTable(
                "Parts of the workflow by state; numbers of those that failed or are held",
                ["State", "#Parts", "Which"],
                [
                    .. counts.Occurring.Select(c => new BarRow(
                        [c.Word, Number(counts[c.State]), Which(counts, c.State)],
                        counts[c.State],
                        c.State == PartState.Done ? counts[c.State] : 0
                    )),
                ]
            )
            {
                Bar = "parts",
                Part = "done",
                Total = ["total", Number(counts.Total), $"{Number(counts.Planned)} planned"],
            }.Draw()
        );
    }

    private static string Which(PartCounts counts, PartState state) =>
        state is PartState.Failed or PartState.Held ? OnlyRuns.Text(counts.Numbers(state)) : "";

    private void Timeline(WorkflowStatus status)
    {
        if (StateTimeline.Of(status) is { } timeline)
        {
            page.Html.Raw("<h3 id=\"timeline\">Nodes by state over time</h3>").Add(new TimelineChart(timeline, status.Counts.Total).Draw());
        }
    }

    private void Causes()
    {
        if (data.Causes.IsEmpty)
        {
            return;
        }

        page.Html.Raw("<h3 id=\"causes\">Failed and held jobs by cause</h3>");
        page.Html.Add(
            new BarTable(
                "Causes; the target Doctor has the command for each",
                ["Cause", "State", "~What happened", "~What to do", "#Jobs"],
                [
                    .. data.Causes.Select(g => new BarRow(
                        [
                            g.Name,
                            g.IsHeld ? "held" : "failed",
                            g.Known?.Title ?? (g.Excerpt is { } excerpt ? UntrustedText.Shown(excerpt) : "nothing was said"),
                            g.Known?.Remedy ?? "Read the log of one.",
                            Number(g.Jobs.Length),
                        ],
                        g.Jobs.Length
                    )),
                ]
            )
            {
                Bar = "jobs",
            }.Draw()
        );
    }

    private void Holds(WorkflowStatus status)
    {
        page.Html.Raw($"<h3>Held jobs, with {status.Names.System}'s reasons</h3>");
        page.Html.Add(
            new BarTable(
                "Reasons for holds",
                ["~Reason", "Code", "#Jobs"],
                [
                    .. status.Holds.Select(h => new BarRow(
                        [h.Reason, h.Code?.ToString(CultureInfo.InvariantCulture) ?? "-", Number(h.Nodes.Length)],
                        h.Nodes.Length
                    )),
                ]
            )
            {
                Bar = "jobs",
            }.Draw()
        );
    }
}
