namespace Outsource.Services.RunDb;

/// <summary>The token of the RunDB's REST service. <see cref="ToString"/> does not show it.</summary>
/// <param name="secret">The token.</param>
/// <param name="created">When it was made, UTC.</param>
/// <param name="user">The user it was made for.</param>
public sealed class RunDbToken(string secret, DateTimeOffset created, string user)
{
    /// <summary>How long a token is valid (docs/domain.md §3).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(48);

    /// <summary>
    /// How long a token must still be valid when a workflow is submitted: jobs wait in the queue, and enter their results at the end.
    /// </summary>
    public static readonly TimeSpan LeastAtSubmission = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a token must still be valid for a workflow: as long as the workflow takes, at least a day; never longer than a new one is.
    /// </summary>
    /// <param name="length">How long it takes, or null when it is not known.</param>
    public static TimeSpan NeededFor(TimeSpan? length)
    {
        var wanted = length is { } known && known > LeastAtSubmission ? known : LeastAtSubmission;
        var most = Life - TimeSpan.FromMinutes(30);
        return wanted < most ? wanted : most;
    }

    public string Secret { get; } = secret;

    public DateTimeOffset Created { get; } = created;

    public string User { get; } = user;

    /// <summary>How long it is still valid; may be negative.</summary>
    public TimeSpan LeftAt(DateTimeOffset now) => Created + Life - now;

    public override string ToString() => $"RunDB token of {Created:yyyy-MM-ddTHH:mm:ssZ} (not shown)";
}
