using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Foundation.Errors;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>What the operator is told when a MongoDB fails.</summary>
internal sealed class MongoMessages(MongoClientSettings settings, string database, string configFile)
{
    /// <summary>The database in messages; no secret.</summary>
    public string Where => $"MongoDB at {string.Join(", ", settings.Servers.Select(s => $"{s.Host}:{s.Port}"))}";

    /// <summary>The error of a failed query.</summary>
    public OutsourceException Explain(Exception error, string collection) =>
        Chain(error).ToList() switch
        {
            var chain when chain.OfType<MongoAuthenticationException>().Any() => new UsageException(
                $"RunDB: {Where} refuses the login. Correct xent_user and xent_password in [RunDB] of {configFile}."
            ),
            var chain when chain.OfType<MongoCommandException>().FirstOrDefault() is { Code: 13 or 18 } refused => new UsageException(
                $"RunDB: {Where} does not let us read collection '{collection}' of database '{database}' ({refused.CodeName}). Correct "
                    + $"xent_user, xent_password and xent_database in [RunDB] of {configFile}."
            ),
            var chain when chain.OfType<MongoCommandException>().FirstOrDefault() is { } no => new ServiceException(
                ServiceFault.Status,
                $"RunDB: {Where} answered the query of collection '{collection}' with {no.CodeName} ({no.Code}). Try again later.",
                inner: error
            ),
            var chain
                when chain.OfType<SocketException>().FirstOrDefault()
                    is { SocketErrorCode: SocketError.HostNotFound or SocketError.ConnectionRefused } socket => Unreachable(socket),
            var chain => Unanswered(error, chain),
        };

    /// <summary>The server cannot be reached.</summary>
    public ServiceException Unreachable(Exception error) =>
        (error as SocketException)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => new ServiceException(
                ServiceFault.Address,
                $"RunDB: there is no host '{settings.Servers.Last().Host}'. Correct xent_url in [RunDB] of {configFile}.",
                inner: error
            ),
            SocketError.ConnectionRefused => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} refuses the connection, no program listens there. Correct xent_url in [RunDB] of {configFile}, or try "
                    + "again when the service is up.",
                inner: error
            ),
            null => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} does not accept a connection within {settings.ConnectTimeout.TotalSeconds:0.###} s. Check xent_url in "
                    + $"[RunDB] of {configFile}, and whether a firewall is in between.",
                inner: error
            ),
            _ => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} cannot be reached: {error.Message.TrimEnd('.')}. Try again when the network works, or correct "
                    + $"xent_url in [RunDB] of {configFile}.",
                inner: error
            ),
        };

    private ServiceException Unanswered(Exception error, List<Exception> chain)
    {
        var (fault, what) =
            chain.Any(e => e is TimeoutException)
                ? (
                    ServiceFault.Timeout,
                    $"{Where} does not answer within {settings.ServerSelectionTimeout.TotalSeconds:0.###} s. Try again later, or check"
                )
            : chain.Any(e => e is FormatException or BsonException)
                ? (ServiceFault.Shape, $"{Where} does not answer as a MongoDB does. Check")
            : (
                ServiceFault.Broken,
                $"the connection to {Where} broke off ({chain[^1].GetType().Name}). Try again later, or check"
            );
        return new ServiceException(fault, $"RunDB: {what} xent_url in [RunDB] of {configFile}.", inner: error);
    }

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}
