using Outsource.Model.Notices;

namespace Outsource.Services.Notices;

/// <summary>A way to the operator.</summary>
public interface INoticeSender
{
    /// <summary>Its name in messages, without secrets: <c>the slack webhook at hooks.example</c>.</summary>
    string Name { get; }

    /// <summary>Sends a message. It ends in time, whatever the other side does.</summary>
    /// <returns>Why it was not sent, without a full stop and without secrets; null: it was.</returns>
    Task<string?> SendAsync(Notice notice, CancellationToken cancel);
}
