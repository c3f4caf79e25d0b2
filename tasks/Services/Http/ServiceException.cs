using System.Net;
using Outsource.Foundation.Errors;

namespace Outsource.Services.Http;

/// <summary>In which way a service failed.</summary>
public enum ServiceFault
{
    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No program listens there, or the network is closed.</summary>
    Unreachable,

    /// <summary>The answer ended too early.</summary>
    Broken,

    /// <summary>An answer with a status that is a failure.</summary>
    Status,

    /// <summary>An answer of the wrong shape.</summary>
    Shape,

    /// <summary>
    /// The address is wrong: unknown host, untrusted certificate, another host, a proxy that refuses. Another try, or another request,
    /// fails in the same way.
    /// </summary>
    Address,
}

/// <summary>A service failed, after all tries. The message names the URL without secrets.</summary>
public sealed class ServiceException : OutsourceException
{
    public ServiceException(ServiceFault fault, string message, HttpStatusCode? status = null, Exception? inner = null)
        : base(message, fault == ServiceFault.Address ? ExitCodes.Usage : ExitCodes.Failed, inner)
    {
        Fault = fault;
        Status = status;
    }

    public ServiceFault Fault { get; }

    /// <summary>The status of the answer, if there was one.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Whether every other request will fail in the same way, so that it is not about one run.</summary>
    public bool OfAll =>
        Fault == ServiceFault.Address
        || Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired;
}

/// <summary>The answer is not valid. The code that knows the URL makes a <see cref="ServiceException"/> of it.</summary>
/// <param name="what">The field, what was expected, what was found: <c>'results' is missing, expected a list of run documents</c>.</param>
public sealed class WrongShapeException(string what) : Exception(what);

/// <summary>The answer ended too early.</summary>
public sealed class BrokenAnswerException(string what) : Exception(what);
