using System.Collections.Immutable;

namespace Outsource.Settings.Keys;

/// <summary>The chat program that a webhook belongs to: each takes messages in another form.</summary>
public enum WebhookForm
{
    Slack,
    Mattermost,
    Teams,
}

/// <summary>Where messages to the operator go. The address of a webhook lets anybody write there, so it is a secret: never shown.</summary>
public sealed class NoticeSettings
{
    /// <summary>The receiver of mail, or null.</summary>
    public string? Mail { get; init; }

    /// <summary>The mail server, <c>HOST</c> or <c>HOST:PORT</c>.</summary>
    public string MailServer { get; init; } = "localhost";

    /// <summary>Port of the mail server.</summary>
    public int MailPort { get; init; } = 25;

    /// <summary>The address of a webhook, or null.</summary>
    public Uri? Webhook { get; init; }

    public WebhookForm Form { get; init; }

    /// <summary>What is told: start, end, holds, failures.</summary>
    public ImmutableArray<string> On { get; init; } = [];

    /// <summary>Whether there is no receiver.</summary>
    public bool IsNone => Mail is null && Webhook is null;

    public override string ToString() => "receivers of messages (not shown)";
}
