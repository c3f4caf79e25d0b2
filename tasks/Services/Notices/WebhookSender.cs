using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Outsource.Model.Notices;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Notices;

/// <summary>
/// Posts to a webhook of Slack, Mattermost or Teams. Its address is a secret: messages name the host only, no redirect is followed, and the
/// answer, which might repeat the address, is not shown.
/// </summary>
/// <param name="address">The webhook.</param>
/// <param name="form">The form of the message.</param>
/// <param name="proxy">The proxies of the environment.</param>
public sealed class WebhookSender(Uri address, WebhookForm form, EnvironmentProxy proxy) : INoticeSender
{
    /// <summary>The time for one message.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    public string Name => $"the {form.ToString().ToLowerInvariant()} webhook at {address.Host}";

    /// <summary>The body of a message.</summary>
    public static string BodyOf(WebhookForm form, Notice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return form switch
        {
            WebhookForm.Teams => JsonSerializer.Serialize(Card(notice.Text)),
            WebhookForm.Mattermost => Serialized(("text", notice.Text), ("username", "outsource")),
            _ => Serialized(("text", Escaped(notice.Text))),
        };
    }

    public async Task<string?> SendAsync(Notice notice, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(Limit);
        try
        {
            using var http = new HttpClient(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = Limit,
                    Proxy = proxy,
                    UseCookies = false,
                }
            );
            using var body = new StringContent(BodyOf(form, notice), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, clock.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"it answered {((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"it did not answer within {Limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
        }
        catch (HttpRequestException error)
        {
            return Why(error);
        }
    }

    /// <summary>The kind of the failure; its own text could have the address.</summary>
    private static string Why(HttpRequestException error) =>
        error.InnerException switch
        {
            AuthenticationException => "its certificate is not trusted",
            SocketException { SocketErrorCode: SocketError.HostNotFound } => "there is no such host",
            SocketException socket => $"it cannot be reached ({socket.SocketErrorCode})",
            _ => error.StatusCode is HttpStatusCode.ProxyAuthenticationRequired
                ? "the proxy refuses to pass it on"
                : $"the connection failed ({error.HttpRequestError})",
        };

    private static string Serialized(params (string Name, string Value)[] members) =>
        JsonSerializer.Serialize(members.ToDictionary(m => m.Name, m => m.Value));

    /// <summary>Slack reads these three marks as its own.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static Dictionary<string, object> Card(string text) =>
        new()
        {
            ["type"] = "message",
            ["attachments"] = new object[]
            {
                new Dictionary<string, object>
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["content"] = new Dictionary<string, object>
                    {
                        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.4",
                        ["body"] = new object[]
                        {
                            new Dictionary<string, object> { ["type"] = "TextBlock", ["text"] = text, ["wrap"] = true },
                        },
                    },
                },
            },
        };
}
