using Outsource.Foundation.Machine;
using Outsource.Model.Runs;

namespace Outsource.QueryRuns;

/// <summary>
/// Progress of a query. A source that lists its runs first shows the listing, then the documents that it still has to fetch, with a clock
/// of their own: what the listing decides comes by the thousand, and would promise the rest too early.
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

    /// <summary>A document is kept.</summary>
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
