namespace Outsource.Tests.Fixtures;

/// <summary>A clock whose pauses end at once. It keeps how long they would have been.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly List<TimeSpan> _pauses = [];

    /// <summary>The pauses so far, in order.</summary>
    public IReadOnlyList<TimeSpan> Pauses => _pauses;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _pauses.Add(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
