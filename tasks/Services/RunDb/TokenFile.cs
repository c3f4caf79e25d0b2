using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Services.RunDb;

/// <summary>
/// <c>$HOME/.dbtoken</c>: <c>{"string", "creation_time", "user"}</c>, the time in seconds since 1970. The jobs read that very file, so its
/// format is fixed (docs/domain.md §3). Only its owner may read it.
/// </summary>
public sealed class TokenFile(IFileSystem disk, string path)
{
    /// <summary>Where it is. Absolute.</summary>
    public string FilePath => path;

    /// <summary>The token, if it is still valid for that user; else null and why not.</summary>
    /// <param name="user">The configured user.</param>
    /// <param name="now">The time, UTC.</param>
    /// <exception cref="UsageException">The file is there and cannot be read.</exception>
    public (RunDbToken? Token, string? Why) Read(string user, DateTimeOffset now)
    {
        byte[] bytes;
        try
        {
            if (disk.Directory.Exists(path))
            {
                throw new UsageException(
                    $"'{path}' is a folder, but the RunDB's token must be a file there: the jobs read it. Move the folder away."
                );
            }

            if (!disk.File.Exists(path))
            {
                return (null, "there is none yet");
            }

            bytes = BoundedText.ReadBytes(disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the RunDB's token file '{path}' cannot be read: {DiskFault.Why(error, path)}. Run chmod 600 on it, or delete it: "
                    + "then a new token is requested."
            );
        }

        if (Parse(bytes) is not { } token)
        {
            return (null, "it does not contain a token in our format");
        }

        if (token.User != user)
        {
            return (null, "it was made for another user");
        }

        var age = now - token.Created;
        return age > RunDbToken.Life ? (null, $"it is older than {RunDbToken.Life.TotalHours:F0} h")
            : age < -TimeSpan.FromHours(1) ? (null, "its creation time is in the future")
            : (token, null);
    }

    /// <summary>Writes it, completely or not at all, readable by its owner only.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Write(RunDbToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        try
        {
            AtomicFile.Write(
                disk,
                path,
                stream =>
                {
                    using var json = new Utf8JsonWriter(stream);
                    json.WriteStartObject();
                    json.WriteString("string", token.Secret);
                    json.WriteNumber("creation_time", token.Created.ToUnixTimeSeconds());
                    json.WriteString("user", token.User);
                    json.WriteEndObject();
                },
                AtomicFile.Private
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the RunDB's token file '{path}' cannot be written: {DiskFault.Why(error, path)}. The jobs need it: make the file and "
                    + "its folder writable for you."
            );
        }
    }

    /// <summary>Takes read permission from other users, and warns if they had it.</summary>
    public void RestrictAndWarn(IOperatorLog messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (Restrict())
        {
            messages.Warn(
                $"other users could read the RunDB token in {path}; now only you can. Anyone who has read it can use it until it is "
                    + "48 h old."
            );
        }
    }

    /// <summary>Takes read permission from other users. True: they had it.</summary>
    public bool Restrict()
    {
        if (OperatingSystem.IsWindows() || (disk.File.GetUnixFileMode(path) & ~AtomicFile.Private) == 0)
        {
            return false;
        }

        try
        {
            disk.File.SetUnixFileMode(path, AtomicFile.Private);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the RunDB's token file '{path}' can be read by other users, and its mode cannot be changed: "
                    + $"{DiskFault.Why(error, path)}. Delete it: then a new token is requested."
            );
        }
    }

    private static RunDbToken? Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return
                json.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("string", out var secret)
                && secret.ValueKind == JsonValueKind.String
                && IsHeader(secret.GetString()!)
                && root.TryGetProperty("creation_time", out var time)
                && time.ValueKind == JsonValueKind.Number
                && time.GetDouble() is > 0 and < 253402300799 and var seconds
                && root.TryGetProperty("user", out var user)
                && user.ValueKind == JsonValueKind.String
                ? new RunDbToken(secret.GetString()!, DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)), user.GetString()!)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether a text can be sent as a token: other characters would break the request, or make it two.</summary>
    internal static bool IsHeader(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~');
}
