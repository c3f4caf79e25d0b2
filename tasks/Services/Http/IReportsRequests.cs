namespace Outsource.Services.Http;

/// <summary>A source that asks a service, and counts its requests.</summary>
public interface IReportsRequests
{
    /// <summary>Requests, retries, bytes and the slowest endpoint, in one line for the operator.</summary>
    string Summary { get; }
}
