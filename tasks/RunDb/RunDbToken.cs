namespace Outsource.RunDb;

/// <summary>The token that opens the RunDB's REST service. It shows nothing of itself.</summary>
/// <param name="secret">The token.</param>
/// <param name="created">When it was made, UTC.</param>
/// <param name="user">Whom it was made for.</param>
public sealed class RunDbToken(string secret, DateTimeOffset created, string user)
{
    /// <summary>How long one is good for (domain.md §3).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(48);

    public string Secret { get; } = secret;

    public DateTimeOffset Created { get; } = created;

    public string User { get; } = user;

    public override string ToString() => $"RunDB token of {Created:yyyy-MM-ddTHH:mm:ssZ} (not shown)";
}
