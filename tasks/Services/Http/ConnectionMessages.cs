using System.Net.Sockets;
using System.Security.Authentication;

namespace Outsource.Services.Http;

/// <summary>What the operator is told when no connection is made: name server, port, firewall, proxy, certificate.</summary>
internal sealed class ConnectionMessages(Service service, TransportLimits limits, EnvironmentProxy proxy, CertificateJudge judge)
{
    /// <summary>The proxy that a request goes through, in a message; nothing without one.</summary>
    public static string Via(EnvironmentProxy proxy, Uri url) => proxy.Describe(url) is { } name ? $" through {name}" : "";

    /// <summary>TLS fails.</summary>
    public FailedTry Tls(AuthenticationException error, Failure failure) =>
        FailedTry.Final(_ =>
            failure.Error(
                ServiceFault.Address,
                $"TLS with {service.Name} at {failure.Url.Scheme}://{failure.Url.Authority} fails: {TlsReason(error, failure.Url)}"
            )
        );

    /// <summary>No connection in time.</summary>
    public FailedTry TimedOut(Failure failure) =>
        FailedTry.Passing(n =>
            failure.Error(
                ServiceFault.Timeout,
                $"{service.Name} at {failure.Url.Scheme}://{failure.Url.Authority}{Via(proxy, failure.Url)} does not accept a connection "
                    + $"within {limits.Connect.TotalSeconds:0.###} s{FailureMessages.Times(n)}. Check {service.AddressKey}, and whether a "
                    + "firewall or a proxy is in between."
            )
        );

    /// <summary>The system refuses the connection.</summary>
    public FailedTry Socket(SocketException socket, Failure failure)
    {
        // With a proxy in between it is the proxy that is unknown or closed.
        var throughProxy = proxy.Describe(failure.Url);
        var subject = throughProxy is null
            ? $"{service.Name} at {failure.Url.Scheme}://{failure.Url.Authority}"
            : $"the {throughProxy} to {service.Name}";
        var remedy = throughProxy is null ? $"Correct {service.AddressKey}" : "Correct or unset the variable";
        ServiceException Unreachable(string message) => failure.Error(ServiceFault.Unreachable, message);
        return socket.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => FailedTry.Final(_ =>
                failure.Error(ServiceFault.Address, $"{subject}: there is no such host. {remedy}.")
            ),
            SocketError.TryAgain => FailedTry.Passing(n =>
                Unreachable(
                    $"{subject}: the name server does not answer{FailureMessages.Times(n)}. Try again when the network works."
                )
            ),
            SocketError.ConnectionRefused => FailedTry.Passing(n =>
                Unreachable(
                    $"{subject}: the connection is refused{FailureMessages.Times(n)}, no program listens there. {remedy}, or try again "
                        + "when the service is up."
                )
            ),
            _ => FailedTry.Passing(n =>
                Unreachable(
                    $"{subject} cannot be reached{FailureMessages.Times(n)}: {FailureMessages.Reason(socket)}. {remedy}, or try again "
                        + "when the network works."
                )
            ),
        };
    }

    /// <summary>What is wrong with the certificate, or with what came instead of one, and what to do.</summary>
    private string TlsReason(AuthenticationException error, Uri url) =>
        judge.FaultOf(url.IdnHost.Trim('[', ']')) is not { } fault
            ? error.Message.Contains("frame", StringComparison.Ordinal)
                ? $"no TLS is spoken there. Check {service.AddressKey}."
                : $"{FailureMessages.Reason(error)}. {service.TrustRemedy}"
            : string.Concat(
                $"the certificate {fault.Words}.",
                fault.OfAnotherHost
                    ? $" Correct {service.AddressKey}: the host name there must be the one in the certificate."
                    : "",
                fault.Untrusted ? $" {service.TrustRemedy}" : "",
                fault.OutOfTime ? $" Check this machine's clock, and tell the administrators of {service.Name}." : ""
            );
}
