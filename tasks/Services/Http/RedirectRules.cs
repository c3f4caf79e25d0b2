
namespace Outsource.Services.Http;

/// <summary>Which redirects are followed: those of a GET, within the same host.</summary>
internal sealed class RedirectRules(Service service, FailureMessages messages)
{
    /// <summary>Where a redirect leads; null when the answer is no redirect.</summary>
    /// <exception cref="FailedTry">The redirect is not followed.</exception>
    public Uri? Next(HttpResponseMessage response, ServiceRequest request, Uri url)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
        {
            return null;
        }

        var next = Within(url, new Uri(url, location), out var sameHost);
        if (!sameHost)
        {
            // Credentials would be sent along; and without them the service would refuse us for no visible reason.
            throw FailedTry.Final(_ => new ServiceException(
                ServiceFault.Address,
                $"{messages.Request(request, url)} was redirected to another address, {next.Scheme}://{next.Authority}, where no "
                    + $"credentials are sent. If {service.Name} has moved there, correct {service.AddressKey}.",
                response.StatusCode
            ));
        }

        if (request.Method != HttpMethod.Get)
        {
            throw FailedTry.Final(_ => new ServiceException(
                ServiceFault.Address,
                $"{messages.Request(request, url)} was redirected to {next.GetLeftPart(UriPartial.Path)}, which is not followed with a "
                    + $"password. Correct {service.AddressKey}.",
                response.StatusCode
            ));
        }

        return next;
    }

    /// <summary>The address a redirect names, and whether it is of the same host.</summary>
    private static Uri Within(Uri url, Uri next, out bool sameHost)
    {
        sameHost = next.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase) && next.UserInfo.Length == 0;
        if (
            sameHost
            && (next.Port != url.Port || next.Scheme != url.Scheme)
            && next.PathAndQuery != url.PathAndQuery
            && next.AbsolutePath.TrimEnd('/') == url.AbsolutePath.TrimEnd('/')
        )
        {
            // Behind a front end that ends TLS or forwards a port, the server does not know how it was reached: it adds the slash, and
            // scheme and port stay ours.
            next = new Uri(url.GetLeftPart(UriPartial.Authority) + next.PathAndQuery);
        }

        sameHost &=
            next.Port == url.Port
                ? next.Scheme == url.Scheme
                : url is { Scheme: "http", IsDefaultPort: true } && next is { Scheme: "https", IsDefaultPort: true };
        return next;
    }
}
