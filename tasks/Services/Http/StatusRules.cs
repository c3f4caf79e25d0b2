using System.Net;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>Which statuses are answers, and which are failures.</summary>
internal sealed class StatusRules(Service service, TransportLimits limits, FailureMessages messages)
{
    /// <exception cref="FailedTry">The status is a failure.</exception>
    public void Check(HttpResponseMessage response, ServiceRequest request, Uri url)
    {
        var status = response.StatusCode;
        if (status == HttpStatusCode.OK || request.Answers.Contains(status))
        {
            return;
        }

        if (status == HttpStatusCode.ProxyAuthenticationRequired)
        {
            throw messages.ProxyRefused(request, url, status, null);
        }

        var passing = (int)status is 408 or 429 or >= 500;
        var wait = response.Headers.RetryAfter is { } retry ? retry.Delta ?? (retry.Date - limits.Clock.GetUtcNow()) : null;
        ServiceException Report(int tries) =>
            new(
                ServiceFault.Status,
                $"{messages.Request(request, url)} was answered with {Name(response)}{FailureMessages.Times(tries)}{TooLong(wait)}. "
                    + (passing ? "The service is overloaded or down; try again later." : $"Check {service.AddressKey}."),
                status
            );
        throw passing ? FailedTry.Passing(Report, wait) : FailedTry.Final(Report);
    }

    private static string Name(HttpResponseMessage response)
    {
        var reason = string.IsNullOrWhiteSpace(response.ReasonPhrase)
            ? response.StatusCode.ToString()
            : UntrustedText.Brief(response.ReasonPhrase);
        var partial = (int)response.StatusCode is >= 200 and < 300 ? ", which is not the whole answer" : "";
        return $"{(int)response.StatusCode} {reason}{partial}";
    }

    private string TooLong(TimeSpan? wait) =>
        wait > limits.LongestRetryAfter
            ? $" and Retry-After {wait.Value.TotalSeconds:F0} s, more than the {limits.LongestRetryAfter.TotalSeconds:F0} s we wait"
            : "";
}
