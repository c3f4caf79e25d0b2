using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Outsource.Services.Proxies;

namespace Outsource.Tests.Fixtures;

/// <summary>X.509 proxies made for a test, as a grid's tools leave them.</summary>
internal static class Proxies
{
    /// <summary>A proxy as PEM: certificate, key, the proxies above it, the person's own certificate.</summary>
    public static string Pem(
        DateTimeOffset now,
        int hours = 167,
        int bits = 2048,
        ProxyKind kind = ProxyKind.Rfc,
        bool voms = true,
        int depth = 1
    )
    {
        using var owner = RSA.Create(2048);
        var person = new CertificateRequest(
            "CN=A Person, O=Grid",
            owner,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(now.AddDays(-30), now.AddDays(300));
        var chain = new List<X509Certificate2> { person };
        var (name, signer) = ("CN=A Person, O=Grid", RSA.Create());
        signer.ImportParameters(owner.ExportParameters(true));
        var pem = "";
        for (var i = 1; i <= depth; i++)
        {
            var key = RSA.Create(bits);
            name = $"{(kind == ProxyKind.Legacy ? "CN=proxy" : $"CN={4711 + i}")}, {name}";
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            if (kind == ProxyKind.Rfc)
            {
                request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.14", [0x30, 0x00], critical: true));
            }

            if (voms && i == 1)
            {
                request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.8005.100.100.5", Attributes(now), critical: false));
            }

            // The last proxy is the first to end.
            var end = i == depth ? now.AddHours(hours) : now.AddHours(200);
            var certificate = request.Create(
                chain[0].SubjectName,
                X509SignatureGenerator.CreateForRSA(signer, RSASignaturePadding.Pkcs1),
                now.AddDays(-2),
                end,
                [(byte)i]
            );
            chain.Insert(0, certificate);
            signer = key;
            pem = key.ExportRSAPrivateKeyPem();
        }

        return $"{chain[0].ExportCertificatePem()}\n{pem}\n{string.Join('\n', chain.Skip(1).Select(c => c.ExportCertificatePem()))}\n";
    }

    /// <summary>As much of an attribute certificate as is read of it.</summary>
    private static byte[] Attributes(DateTimeOffset now)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            for (var i = 0; i < 5; i++)
            {
                writer.WriteInteger(i);
            }

            using (writer.PushSequence())
            {
                writer.WriteGeneralizedTime(now.AddHours(-1), omitFractionalSeconds: true);
                writer.WriteGeneralizedTime(now.AddHours(95), omitFractionalSeconds: true);
            }
        }

        return writer.Encode();
    }
}
