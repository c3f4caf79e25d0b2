using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Outsource.Services.Http;

/// <summary>What the operator is told when a request fails: which one, why, and what to do.</summary>
internal sealed class FailureMessages(Service service, TransportLimits limits, EnvironmentProxy proxy, CertificateJudge judge)
{
    private readonly ConnectionMessages _connection = new(service, limits, proxy, judge);

    /// <summary>A request at the beginning of a message: service, method and address.</summary>
    public string Request(ServiceRequest request, Uri url) =>
        $"{service.Name}: {request.Method} {url.GetLeftPart(UriPartial.Path)}{ConnectionMessages.Via(proxy, url)}";

    /// <summary>The number of tries in a message; nothing when there was one.</summary>
    public static string Times(int tries) => tries > 1 ? $", {tries} times" : "";

    /// <summary>The message of an exception, as a clause.</summary>
    public static string Reason(Exception error) => error.Message.Trim().TrimEnd('.');

    /// <summary>The address has the wrong scheme.</summary>
    /// <param name="url">The address.</param>
    /// <param name="speaks">The scheme that is spoken there.</param>
    public FailedTry OtherScheme(Uri url, string speaks) =>
        FailedTry.Final(_ => new ServiceException(
            ServiceFault.Address,
            $"{service.Name} at {url.Authority} speaks {speaks}, but the address says {url.Scheme}. Write {speaks}:// into "
                + service.AddressKey
                + (speaks == "http" ? ", or the port where it speaks https: over http anyone on the way can read the password" : "")
                + "."
        ));

    /// <summary>The proxy refused our user and password.</summary>
    public FailedTry ProxyRefused(ServiceRequest request, Uri url, HttpStatusCode status, Exception? inner) =>
        FailedTry.Final(_ => new ServiceException(
            ServiceFault.Address,
            $"{Request(request, url)} was refused with 407: the proxy requires another user and password. Write them into the variable as "
                + "http://USER:PASSWORD@HOST:PORT, or list the host in $no_proxy.",
            status,
            inner
        ));

    /// <summary>Why a request failed.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="request">The request.</param>
    /// <param name="url">Its address; another than that of the request after a redirect.</param>
    /// <param name="clock">The time limit of the try.</param>
    public FailedTry Explain(Exception error, ServiceRequest request, Uri url, CancellationToken clock)
    {
        var failure = new Failure(error, [.. Chain(error)], request, url);
        if (failure.Of<WrongShapeException>() is { } shape)
        {
            return FailedTry.Final(_ =>
                failure.Error(
                    ServiceFault.Shape,
                    $"{Request(request, url)}: the answer is not valid: {shape.Message}. Check {service.AddressKey}."
                )
            );
        }

        return clock.IsCancellationRequested ? TimedOut(failure)
            : failure.IsNotHttp ? NotHttp(failure)
            : Unconnected(failure) ?? BrokenOff(failure);
    }

    private FailedTry TimedOut(Failure failure) =>
        FailedTry.Passing(n =>
            failure.Error(
                ServiceFault.Timeout,
                $"{Request(failure.Request, failure.Url)} was not answered within {limits.Total.TotalSeconds:0.###} s{Times(n)}. Try again "
                    + $"later, or check {service.AddressKey}."
            )
        );

    private FailedTry NotHttp(Failure failure) =>
        // What came instead is not quoted: it may be the answer to another request.
        FailedTry.OnAnotherConnection(n =>
            failure.Error(
                ServiceFault.Broken,
                $"{Request(failure.Request, failure.Url)} was answered with something that is not HTTP{Times(n)}. Check "
                    + $"{service.AddressKey}."
            )
        );

    /// <summary>Why there is no connection; null: there was one.</summary>
    private FailedTry? Unconnected(Failure failure)
    {
        if (failure.Of<AuthenticationException>() is { } tls)
        {
            return _connection.Tls(tls, failure);
        }

        if (failure.Http is { HttpRequestError: HttpRequestError.ProxyTunnelError } tunnel)
        {
            return tunnel.Message.Contains("407", StringComparison.Ordinal)
                ? ProxyRefused(failure.Request, failure.Url, HttpStatusCode.ProxyAuthenticationRequired, failure.Thrown)
                : FailedTry.Passing(_ =>
                    failure.Error(
                        ServiceFault.Address,
                        $"{Request(failure.Request, failure.Url)} is not let through: {Reason(tunnel)}. Correct or unset the variable, or "
                            + "list the host in $no_proxy."
                    )
                );
        }

        if (
            failure.Of<SocketException>() is { } socket
            && failure.Http?.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
        )
        {
            return _connection.Socket(socket, failure);
        }

        return failure.Chain.Any(e => e is OperationCanceledException or TimeoutException) ? _connection.TimedOut(failure) : null;
    }

    private FailedTry BrokenOff(Failure failure)
    {
        var last = failure.Chain[^1];
        return failure.Chain.Any(e =>
            e is IOException or BrokenAnswerException or HttpRequestException or SocketException or InvalidDataException
        )
            ? FailedTry.Passing(n =>
                failure.Error(
                    ServiceFault.Broken,
                    $"{Request(failure.Request, failure.Url)}: the answer is incomplete{Times(n)}: {Reason(last)}. Try again later."
                )
            )
            : FailedTry.Final(_ =>
                failure.Error(
                    ServiceFault.Broken,
                    $"{Request(failure.Request, failure.Url)} failed: {Reason(last)} ({last.GetType().Name})."
                )
            );
    }

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}

/// <summary>A failed request, with what was thrown.</summary>
/// <param name="Thrown">The exception.</param>
/// <param name="Chain">The exception and those within it.</param>
/// <param name="Request">The request.</param>
/// <param name="Url">Its address.</param>
internal sealed record Failure(Exception Thrown, IReadOnlyList<Exception> Chain, ServiceRequest Request, Uri Url)
{
    public HttpRequestException? Http => Chain.OfType<HttpRequestException>().LastOrDefault();

    public bool IsNotHttp =>
        Of<HttpIOException>()?.HttpRequestError == HttpRequestError.InvalidResponse
        || Http?.HttpRequestError == HttpRequestError.InvalidResponse;

    public T? Of<T>()
        where T : Exception => Chain.OfType<T>().FirstOrDefault();

    public ServiceException Error(ServiceFault fault, string message) => new(fault, message, inner: Thrown);
}
