namespace Outsource.Operator.Report;

/// <summary>The content of the page, as its parts write it, and the sections that they begin.</summary>
internal sealed class ReportSections
{
    private readonly List<(string Id, string Title)> _all = [];

    /// <summary>What is written so far.</summary>
    public Html Html { get; } = new();

    /// <summary>The sections, in their order.</summary>
    public IReadOnlyList<(string Id, string Title)> All => _all;

    /// <summary>Begins a section.</summary>
    public void Begin(string id, string title)
    {
        _all.Add((id, title));
        Html.Add($"<h2 id=\"{id}\">{title}</h2>");
    }
}
