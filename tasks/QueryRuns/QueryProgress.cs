using Outsource.Foundation.Machine;
using Outsource.Model.Runs;

namespace Outsource.QueryRuns;

/// <summary>
/// Progress of a query. If a source lists its runs first, the listing is shown first, and then the documents that must still be fetched,
/// with a separate rate: runs that the listing decides come by the thousand and would make the estimate too short.
/// </summary>
internal sealed class QueryProgress : IDisposable
{
    private readonly IOperatorLog _messages;
    private IProgressDisplay _shown;
    private bool _listing;
    private long _kept;

    public QueryProgress(IOperatorLog messages, IRunSource source, RunScope scope)
    {
        _messages = messages;
        _shown = messages.Progress("run documents", scope.Runs?.Length);
        if (source is IProgressSource telling)
        {
            telling.Listed = Listed;
            telling.TotalKnown = TotalKnown;
        }
    }

    /// <summary>A document was kept.</summary>
    public void Keep()
    {
        _kept++;
        if (!_listing)
        {
            _shown.Advance();
        }
    }

    public void Dispose() => _shown.Dispose();

    private void Listed(long entries)
    {
        if (!_listing)
        {
            _listing = true;
            Show("runs listed", null);
        }

        _shown.Advance(entries);
    }

    private void TotalKnown(long total)
    {
        _listing = false;
        Show("run documents", total - _kept);
    }

    private void Show(string what, long? total)
    {
        _shown.Dispose();
        _shown = _messages.Progress(what, total);
    }
}
