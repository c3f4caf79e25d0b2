using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Services.RunDb;

/// <summary>
/// Gives the RunDB's token: the one in the file as long as it is valid, else a new one. A token that the service refuses all the same is
/// replaced once. Safe to use from several threads.
/// </summary>
/// <param name="login">Gives new tokens.</param>
/// <param name="user">The user the token must be for.</param>
/// <param name="file">The file with the token.</param>
/// <param name="storage">Where a new token is kept.</param>
/// <param name="messages">Messages for the operator.</param>
/// <param name="clock">The true time.</param>
public sealed class RunDbTokenSource(
    RunDbLogin login,
    string user,
    TokenFile file,
    TokenStorage storage,
    IOperatorLog messages,
    TimeProvider clock
) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private RunDbToken? _token;
    private bool _isNew;

    /// <summary>How long a token from the file must still be valid.</summary>
    public TimeSpan Least { get; set; }

    /// <summary>A token, but not the refused one.</summary>
    /// <param name="refused">A token that the service refused, or null. If it is new, it is given again.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">There is no token, or it cannot be written.</exception>
    public async Task<RunDbToken> GetAsync(RunDbToken? refused, CancellationToken cancel)
    {
        if (_token is { } known && known != refused)
        {
            return known;
        }

        await _once.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Another thread may have been faster.
            if (_token is { } made && made != refused)
            {
                return made;
            }

            if (refused is not null)
            {
                return _isNew ? refused : await RenewAsync("the RunDB has refused it", cancel).ConfigureAwait(false);
            }

            (_token, var why) = FromFile();
            return _token ?? await RenewAsync(why, cancel).ConfigureAwait(false);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose()
    {
        login.Dispose();
        _once.Dispose();
    }

    /// <summary>The token in the file; else null, and why.</summary>
    private (RunDbToken? Token, string? Why) FromFile()
    {
        var (token, why) = file.Read(user, clock.GetUtcNow());
        if (token is not null && token.LeftAt(clock.GetUtcNow()) < Least)
        {
            return (null, "it would not outlive the workflow");
        }

        if (token is not null && storage == TokenStorage.File)
        {
            file.RestrictAndWarn(messages);
        }

        return (token, why);
    }

    private async Task<RunDbToken> RenewAsync(string? why, CancellationToken cancel)
    {
        _token = await login.LogInAsync(cancel).ConfigureAwait(false);
        _isNew = true;
        if (storage == TokenStorage.File)
        {
            file.Write(_token);
            messages.Detail($"a new RunDB token was written to {file.FilePath}: {why}.");
        }
        else
        {
            messages.Detail($"logged in to the RunDB, {file.FilePath} was not changed: {why}.");
        }

        return _token;
    }
}
