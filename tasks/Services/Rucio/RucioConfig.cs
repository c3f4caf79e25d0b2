using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Rucio;

/// <summary>
/// What we need of <c>rucio.cfg</c>, section <c>[client]</c> (docs/domain.md §3). <see cref="ToString"/> shows none of it.
/// </summary>
public sealed class RucioConfig
{
    internal const string Section = "client";

    internal RucioConfig(string path) => FilePath = path;

    /// <summary>The file. Absolute.</summary>
    public string FilePath { get; }

    public required Uri Host { get; init; }

    public required Uri AuthHost { get; init; }

    /// <summary>Both addresses.</summary>
    public IEnumerable<Uri> Hosts => [Host, AuthHost];

    /// <summary>The account, or null: the server takes the one that belongs to the login.</summary>
    public string? Account { get; init; }

    /// <summary>The virtual organisation (<c>$RUCIO_VO</c>, <c>vo</c>), or null: the server's only one.</summary>
    public string? Vo { get; internal init; }

    /// <summary>How to log in, by Rucio's name: the last part of its address.</summary>
    public string AuthType { get; internal init; } = RucioAuthTypes.Password;

    /// <summary>
    /// The certificate to log in with, absolute, and what names it; its key is in the same file, or in <see cref="KeyFile"/>. Null: with
    /// user and password.
    /// </summary>
    public (string Path, string Subject)? Proxy { get; internal init; }

    /// <summary>The key of a certificate when it is in another file, absolute, and what names it.</summary>
    public (string Path, string Subject)? KeyFile { get; internal init; }

    public string? Username { get; internal init; }

    public string? Password { get; internal init; }

    /// <summary>File or folder of certificate authorities, absolute, and what names it; null: those of this machine.</summary>
    public (string Path, string Subject)? Authorities { get; internal init; }

    /// <summary>Most tries of a request.</summary>
    public int Tries { get; internal init; } = 3;

    /// <summary>A key in error messages: <c>auth_host in [client] of /opt/rucio/etc/rucio.cfg</c>.</summary>
    public string Key(string name) => $"{name} in [{Section}] of {FilePath}";

    public override string ToString() => $"{FilePath} (not shown)";

    /// <summary>Finds and reads it.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="proxy">The proxy of the settings, used when the file names none. Absolute.</param>
    /// <exception cref="UsageException">There is no file, or something in it is missing or malformed; all faults together.</exception>
    public static RucioConfig Read(HostEnvironment host, string proxy)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new RucioConfigReader(host, RucioConfigFile.Open(host)).Read(proxy);
    }
}

/// <summary>The ways to log in that we can, by Rucio's names.</summary>
internal static class RucioAuthTypes
{
    public const string Proxy = "x509_proxy",
        Password = "userpass",
        Certificate = "x509";
}
