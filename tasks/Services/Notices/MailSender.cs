using System.Globalization;
using System.Net.Mail;
using Outsource.Model.Notices;

namespace Outsource.Services.Notices;

/// <summary>
/// Hands mail to the mail server of the host, which every submit host has, without a login: so there is no password to keep. The class
/// of .NET is enough for that; it would not be for a server that asks for a login or TLS.
/// </summary>
/// <param name="receiver">The address.</param>
/// <param name="server">Host and port of the mail server.</param>
/// <param name="sender">The address of the operator on this machine.</param>
public sealed class MailSender(string receiver, (string Host, int Port) server, string sender) : INoticeSender
{
    /// <summary>The time for one message.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"mail to {receiver} by {server.Host}:{server.Port}");

    public async Task<string?> SendAsync(Notice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(Limit);
        try
        {
            using var mail = new MailMessage(sender, receiver, $"Outsource: {SubjectOf(notice)}", notice.Text + "\n");
            using var smtp = new SmtpClient(server.Host, server.Port);
            await smtp.SendMailAsync(mail, clock.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"the server did not take it within {Limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
        }
        catch (SmtpException error)
        {
            return error.InnerException is { } inner
                ? $"the server cannot be reached ({inner.GetType().Name})"
                : $"the server refused it ({error.StatusCode})";
        }
        catch (FormatException)
        {
            return "an address is not valid: correct notification_email";
        }
    }

    private static string SubjectOf(Notice notice)
    {
        var end = notice.Text.IndexOfAny(['.', ':']);
        return end > 0 ? notice.Text[..end] : notice.Kind.ToString();
    }
}
