using System.Net;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Http;

/// <summary>
/// The proxies that the environment names, as curl and Python's requests understand them: <c>http_proxy</c>, <c>https_proxy</c>,
/// <c>all_proxy</c> and <c>no_proxy</c>, lower case before upper case.
/// </summary>
public sealed class EnvironmentProxy(HostEnvironment machine) : IWebProxy
{
    public ICredentials? Credentials { get; set; } = new CredentialCache();

    public Uri? GetProxy(Uri destination) => Find(destination)?.Address;

    public bool IsBypassed(Uri host) => Find(host) is null;

    /// <summary>
    /// The proxy for an address in messages, with the variable that names it and without its password; null without a proxy.
    /// </summary>
    public string? Describe(Uri destination) =>
        Find(destination) is var (address, variable) ? $"proxy {address.Scheme}://{address.Authority} (${variable})" : null;

    private (Uri Address, string Variable)? Find(Uri destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Excluded(destination))
        {
            return null;
        }

        foreach (var variable in new[] { $"{destination.Scheme}_proxy", "all_proxy" })
        {
            // HTTP_PROXY counts too, unlike in web servers, where a request's header could set it.
            foreach (var name in new[] { variable, variable.ToUpperInvariant() })
            {
                if (machine.Variable(name) is { } value)
                {
                    return (Parse(value, name), name);
                }
            }
        }

        return null;
    }

    private Uri Parse(string value, string variable)
    {
        if (
            !Uri.TryCreate(value.Contains("://", StringComparison.Ordinal) ? value : "http://" + value, UriKind.Absolute, out var uri)
            || uri.Host.Length == 0
            || uri.Scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5" or "socks5h")
        )
        {
            throw new UsageException(
                $"${variable} is not a valid proxy (its value may contain a password and is not shown): expected http://HOST:PORT. "
                    + "Correct or unset it."
            );
        }

        var address = new UriBuilder(uri.Scheme is "socks5h" ? "socks5" : uri.Scheme, uri.Host, uri.Port < 0 ? 1080 : uri.Port).Uri;
        if (uri.UserInfo.Length > 0 && Credentials is CredentialCache cache && cache.GetCredential(address, "Basic") is null)
        {
            var parts = uri.UserInfo.Split(':', 2);
            lock (cache)
            {
                cache.Remove(address, "Basic");
                cache.Add(
                    address,
                    "Basic",
                    new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "")
                );
            }
        }

        return address;
    }

    /// <summary>
    /// Whether <c>no_proxy</c> lists it: <c>*</c>, a host, a domain with or without a leading dot, with or without a port.
    /// </summary>
    private bool Excluded(Uri destination)
    {
        foreach (
            var entry in (machine.Variable("no_proxy") ?? machine.Variable("NO_PROXY") ?? "").Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            var colon = entry.LastIndexOf(':');
            var hasPort =
                colon > 0
                && entry.IndexOf(':', StringComparison.Ordinal) == colon
                && int.TryParse(entry.AsSpan(colon + 1), out var port)
                && port == destination.Port;
            var name = (hasPort ? entry[..colon] : entry).TrimStart('*').TrimStart('.').Trim('[', ']');
            if (
                entry == "*"
                || (
                    name.Length > 0
                    && (
                        destination.Host.Trim('[', ']').Equals(name, StringComparison.OrdinalIgnoreCase)
                        || destination.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)
                    )
                )
            )
            {
                return true;
            }
        }

        return false;
    }
}
