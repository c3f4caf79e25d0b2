using Outsource.Foundation.Text;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>What was checked before a submission.</summary>
public sealed class ChecksTable()
    : TableShape(null, Column.Key("check"), Column.Text("state"), Column.Exact("finding"), Column.Exact("what to do"));
