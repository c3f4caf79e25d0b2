using System.Collections.ObjectModel;
using System.IO.Abstractions;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Services.Http;

/// <summary>Which certificates we trust over TLS, and which one we present.</summary>
public static class Tls
{
    /// <summary>The options of a connection: certificates are always verified.</summary>
    /// <param name="authorities">The only certificate authorities to trust, or null for those of this machine.</param>
    /// <param name="client">The certificate to present, or null.</param>
    public static SslClientAuthenticationOptions Options(X509Certificate2Collection? authorities, SslStreamCertificateContext? client)
    {
        var options = new SslClientAuthenticationOptions { ClientCertificateContext = client };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    /// <summary>
    /// The certificate authorities in a PEM file, or in the PEM files of a folder as grid sites have it (<c>*.pem</c>, <c>*.crt</c>,
    /// <c>HASH.0</c>).
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">File or folder. Absolute.</param>
    /// <param name="subject">What names it, for error messages: <c>ca_cert of /opt/rucio/etc/rucio.cfg:7</c>.</param>
    /// <exception cref="UsageException">It does not exist, or contains no certificate.</exception>
    public static X509Certificate2Collection Authorities(IFileSystem disk, string path, string subject)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var found = new X509Certificate2Collection();
        try
        {
            if (!disk.Directory.Exists(path))
            {
                found.ImportFromPem(BoundedText.ReadAll(disk, path));
            }
            else
            {
                // Several names stand for one certificate there, and policies and revocation lists are in the same folder.
                foreach (var file in disk.Directory.EnumerateFiles(path).Where(IsCertificate).Order(StringComparer.Ordinal))
                {
                    ImportIfValid(found, BoundedText.ReadAll(disk, file));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException(
                $"{subject}: '{path}' cannot be read: {DiskFault.Why(error, path)}. Name a PEM file with certificate authorities, or a "
                    + "folder with such files (often /etc/grid-security/certificates)."
            );
        }

        return found.Count > 0
            ? found
            : throw new UsageException(
                $"{subject}: '{path}' contains no certificate. Name a PEM file with certificate authorities, or a folder with such files "
                    + "(often /etc/grid-security/certificates)."
            );
    }

    /// <summary>The X.509 proxy to present: certificate, key and the chain behind it, all from one PEM file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The proxy file. Absolute.</param>
    /// <param name="subject">What names it, for error messages.</param>
    /// <param name="now">The time at which it must still be valid.</param>
    /// <exception cref="UsageException">It is missing, not a proxy, or has expired.</exception>
    public static SslStreamCertificateContext Proxy(IFileSystem disk, string path, string subject, DateTimeOffset now)
    {
        var remedy = $"Make a new one, e.g. with: voms-proxy-init -voms xenon.biggrid.nl -bits 2048 -hours 168 -out {path}";
        var pem = Pem(disk, path, $"the X.509 proxy '{path}' ({subject})", remedy);
        return Load(
            pem,
            pem,
            $"the X.509 proxy '{path}' ({subject})",
            $"'{path}' ({subject}) is not a valid X.509 proxy: it must contain a certificate and its key, as PEM. {remedy}",
            remedy,
            now
        );
    }

    /// <summary>A certificate to present whose key is in another file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="certificate">The certificate, absolute, and what names it, for error messages.</param>
    /// <param name="key">Its key, without a passphrase.</param>
    /// <param name="now">The time at which it must still be valid.</param>
    /// <exception cref="UsageException">One is missing or not valid, or it has expired.</exception>
    public static SslStreamCertificateContext Certificate(
        IFileSystem disk,
        (string Path, string Subject) certificate,
        (string Path, string Subject) key,
        DateTimeOffset now
    )
    {
        const string Remedy = "Name a certificate and its key, both PEM, the key without a passphrase.";
        var pem = Pem(disk, certificate.Path, $"the X.509 certificate '{certificate.Path}' ({certificate.Subject})", Remedy);
        var keyPem = Pem(disk, key.Path, $"the key '{key.Path}' ({key.Subject})", Remedy);
        return Load(
            pem,
            keyPem,
            $"the X.509 certificate '{certificate.Path}' ({certificate.Subject})",
            $"'{certificate.Path}' ({certificate.Subject}) and '{key.Path}' ({key.Subject}) are not a valid X.509 certificate "
                + $"with its key. {Remedy}",
            "Ask its authority for a new one.",
            now
        );
    }

    private static string Pem(IFileSystem disk, string path, string what, string remedy)
    {
        ArgumentNullException.ThrowIfNull(disk);
        try
        {
            return BoundedText.ReadAll(disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var fault = disk.Path.Exists(path) ? $"cannot be read: {DiskFault.Why(error, path)}" : "is missing";
            throw new UsageException($"{what} {fault}. {remedy}");
        }
    }

    private static SslStreamCertificateContext Load(
        string pem,
        string keyPem,
        string what,
        string notValid,
        string remedy,
        DateTimeOffset now
    )
    {
        X509Certificate2 certificate;
        var chain = new X509Certificate2Collection();
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem, keyPem);
            chain.ImportFromPem(pem);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new UsageException(notValid);
        }

        var ends = chain.Min(c => c.NotAfter.ToUniversalTime());
        if (ends <= now.UtcDateTime)
        {
            throw new UsageException($"{what} has expired on {ends:yyyy-MM-ddTHH:mm:ssZ}. {remedy}");
        }

        chain.RemoveAt(0);
        return Context(certificate, chain);
    }

    /// <summary>
    /// The certificate and the chain that is sent with it. To make one of these the runtime builds the chain again, and throws where a
    /// proxy
    /// certificate (RFC 3820) is part of it, since it does not tell OpenSSL to allow them (dotnet/runtime issue 41916). The file contains
    /// the chain already and the server checks it, so for such a certificate the context is made without building a chain.
    /// </summary>
    private static SslStreamCertificateContext Context(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        try
        {
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (CryptographicException)
        {
            try
            {
                return Unbuilt(certificate, new ReadOnlyCollection<X509Certificate2>([.. chain]), null);
            }
            catch (MissingMethodException error)
            {
                throw new OutsourceException(
                    $"this .NET runtime ({Environment.Version}) cannot log in with an X.509 proxy. Run on .NET 10, or write auth_type "
                        + "= userpass.",
                    inner: error
                );
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SslStreamCertificateContext Unbuilt(
        X509Certificate2 target,
        ReadOnlyCollection<X509Certificate2> intermediates,
        SslCertificateTrust? trust
    );

    private static bool IsCertificate(string file) => Path.GetExtension(file) is ".pem" or ".crt" or ".0" or ".1" or ".2";

    /// <summary>One damaged file among a hundred authorities does not make the others useless.</summary>
    private static void ImportIfValid(X509Certificate2Collection found, string pem)
    {
        var here = new X509Certificate2Collection();
        try
        {
            here.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return;
        }

        found.AddRange(here.Where(c => !found.Contains(c)).ToArray());
    }
}
