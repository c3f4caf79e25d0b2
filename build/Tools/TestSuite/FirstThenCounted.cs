using Outsource.Foundation.Machine;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>A wait that becomes a count as soon as the first is done.</summary>
/// <param name="messages">Shows it.</param>
/// <param name="wait">What is waited for.</param>
/// <param name="what">What is counted.</param>
/// <param name="total">How many there will be, or null.</param>
internal sealed class FirstThenCounted(IOperatorLog messages, string wait, string what, long? total) : IDisposable
{
    private readonly IDisposable _waiting = messages.Waiting(wait);
    private IProgressDisplay? _counting;

    /// <summary>One more is done. Called for one at a time.</summary>
    public void Advance()
    {
        if (_counting is null)
        {
            _waiting.Dispose();
            _counting = messages.Progress(what, total);
        }

        _counting.Advance();
    }

    public void Dispose()
    {
        _waiting.Dispose();
        _counting?.Dispose();
    }
}
