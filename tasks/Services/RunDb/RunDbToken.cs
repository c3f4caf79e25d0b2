namespace Outsource.Services.RunDb;

/// <summary>The token that opens the RunDB's REST service. It shows nothing of itself.</summary>
/// <param name="secret">The token.</param>
/// <param name="created">When it was made, UTC.</param>
/// <param name="user">Whom it was made for.</param>
public sealed class RunDbToken(string secret, DateTimeOffset created, string user)
{
    /// <summary>How long one is good for (docs/domain.md §3).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(48);

    /// <summary>
    /// What one must still have when a workflow is submitted: jobs wait in the queue, and enter their results at their end.
    /// </summary>
    public static readonly TimeSpan LeastAtSubmission = TimeSpan.FromHours(24);

    /// <summary>What one must still have for a workflow: as long as it takes, at least a day; never more than a new one has.</summary>
    /// <param name="length">How long it takes, or null: nobody knows.</param>
    public static TimeSpan NeededFor(TimeSpan? length)
    {
        var wanted = length is { } known && known > LeastAtSubmission ? known : LeastAtSubmission;
        var most = Life - TimeSpan.FromMinutes(30);
        return wanted < most ? wanted : most;
    }

    public string Secret { get; } = secret;

    public DateTimeOffset Created { get; } = created;

    public string User { get; } = user;

    /// <summary>How long it is good for from then on; may be negative.</summary>
    public TimeSpan LeftAt(DateTimeOffset now) => Created + Life - now;

    public override string ToString() => $"RunDB token of {Created:yyyy-MM-ddTHH:mm:ssZ} (not shown)";
}
