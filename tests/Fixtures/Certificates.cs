using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Outsource.Tests.Fixtures;

/// <summary>Certificates made for a test: an authority, a server, a user and a proxy of the user.</summary>
internal static class Certificates
{
    public static X509Certificate2 Authority { get; } = MakeAuthority("CN=Test authority");

    public static X509Certificate2 Stranger { get; } = MakeAuthority("CN=Test stranger");

    /// <summary>Of localhost and 127.0.0.1.</summary>
    public static X509Certificate2 Server { get; } = MakeServer("localhost", System.Net.IPAddress.Loopback);

    /// <summary>Of another host.</summary>
    public static X509Certificate2 Elsewhere { get; } = MakeServer("elsewhere.invalid", System.Net.IPAddress.Broadcast);

    /// <summary>Of localhost and 127.0.0.1; it has expired.</summary>
    public static X509Certificate2 Expired { get; } =
        MakeServer("localhost", System.Net.IPAddress.Loopback, DateTimeOffset.UtcNow.AddDays(-2));

    /// <summary>A user's certificate and its key.</summary>
    public static string UserFile()
    {
        using var user = MakeUser();
        using var key = user.GetRSAPrivateKey()!;
        return $"{user.ExportCertificatePem()}\n{key.ExportRSAPrivateKeyPem()}\n";
    }

    /// <summary>A proxy file as voms-proxy-init leaves it: proxy certificate, its key, the user's certificate.</summary>
    /// <param name="ends">When the proxy ends.</param>
    public static string ProxyFile(DateTimeOffset ends)
    {
        using var user = MakeUser();
        using var userKey = user.GetRSAPrivateKey()!;

        // The name of a proxy is its issuer's and one more CN.
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName("12345");
        name.AddCommonName("Test user");
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true)
        );

        // proxyCertInfo: policy language id-ppl-inheritAll (RFC 3820).
        request.CertificateExtensions.Add(
            new X509Extension(
                "1.3.6.1.5.5.7.1.14",
                [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x15, 0x01],
                true
            )
        );
        var generator = X509SignatureGenerator.CreateForRSA(userKey, RSASignaturePadding.Pkcs1);
        using var proxy = request.Create(user.SubjectName, generator, DateTimeOffset.UtcNow.AddMonths(-1), ends, [1, 2, 3]);
        return $"{proxy.ExportCertificatePem()}\n{key.ExportRSAPrivateKeyPem()}\n{user.ExportCertificatePem()}\n";
    }

    private static X509Certificate2 MakeUser()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Test user", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true)
        );
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var made = request.Create(Authority, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), [2]);
        using var with = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
    }

    private static X509Certificate2 MakeServer(string host, System.Net.IPAddress address, DateTimeOffset? ends = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var made = request.Create(Authority, DateTimeOffset.UtcNow.AddYears(-1), ends ?? DateTimeOffset.UtcNow.AddYears(1), [7]);
        using var with = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
