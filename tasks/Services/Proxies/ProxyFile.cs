using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Outsource.Services.Proxies;

/// <summary>The form in which a certificate says that it is a proxy of another.</summary>
public enum ProxyKind
{
    /// <summary>It is not a proxy: a person's own certificate.</summary>
    None,

    /// <summary>RFC 3820.</summary>
    Rfc,

    /// <summary>The draft before it (GT3).</summary>
    Draft,

    /// <summary>Globus 2: recognised only by its name; current software does not accept it.</summary>
    Legacy,
}

/// <summary>A proxy file, parsed here: the certificate, its private key, and the chain above it, all in PEM.</summary>
public sealed partial record ProxyFile
{
    private const string RfcInfo = "1.3.6.1.5.5.7.1.14",
        DraftInfo = "1.3.6.1.4.1.3536.1.222",
        VomsAttributes = "1.3.6.1.4.1.8005.100.100.5";

    public required ProxyKind Kind { get; init; }

    /// <summary>The person it belongs to.</summary>
    public required string Subject { get; init; }

    /// <summary>Start of validity; UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first end in the chain; UTC.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Bits of the weakest RSA key in the chain of proxies; null: no RSA key among them.</summary>
    public required int? RsaBits { get; init; }

    /// <summary>Certificates in the file.</summary>
    public required int Certificates { get; init; }

    /// <summary>Whether it has VOMS attributes (the organisation of its owner).</summary>
    public required bool HasVoms { get; init; }

    /// <summary>End of the VOMS attributes; null: unknown. UTC.</summary>
    public required DateTimeOffset? VomsUntil { get; init; }

    /// <summary>When it can no longer be used: its own end, or that of its VOMS attributes. UTC.</summary>
    public DateTimeOffset End => VomsUntil is { } voms && voms < Until ? voms : Until;

    /// <summary>Reads a proxy.</summary>
    /// <param name="content">The file's content.</param>
    /// <exception cref="FormatException">It is not a proxy; the message is a clause with the reason, without any content of the
    /// file.</exception>
    public static ProxyFile Parse(string content)
    {
        var chain = new List<X509Certificate2>();
        try
        {
            byte[]? key = null;
            var labels = new List<string>();
            for (var rest = content.AsSpan(); PemEncoding.TryFind(rest, out var field); rest = rest[field.Location.End..])
            {
                var label = rest[field.Label].ToString();
                labels.Add(label);
                if (label is "CERTIFICATE" or "X509 CERTIFICATE")
                {
                    chain.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[field.Base64Data].ToString())));
                }
                else if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                {
                    if (
                        label.StartsWith("ENCRYPTED", StringComparison.Ordinal)
                        || rest[field.Location].Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
                    )
                    {
                        throw new FormatException("its private key has a pass phrase; jobs need an unencrypted key");
                    }

                    key ??= PublicOf(label, Convert.FromBase64String(rest[field.Base64Data].ToString()));
                }
            }

            if (chain.Count == 0)
            {
                throw new FormatException(
                    labels.Count == 0
                        ? "it contains no PEM block"
                        : $"it contains no certificate, only {string.Join(", ", labels.Distinct())}"
                );
            }

            if (key is null)
            {
                throw new FormatException("it contains no private key: it is a certificate, not a proxy");
            }

            if (!chain[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key))
            {
                throw new FormatException("its private key does not match its first certificate");
            }

            return Of(chain);
        }
        catch (Exception error) when (error is CryptographicException or AsnContentException or ArgumentException)
        {
            throw new FormatException("it contains a certificate or a key that is not valid");
        }
        finally
        {
            chain.ForEach(c => c.Dispose());
        }
    }

    private static ProxyFile Of(List<X509Certificate2> chain)
    {
        var proxies = chain.TakeWhile(c => KindOf(c) != ProxyKind.None).ToList();
        var kinds = proxies.Select(KindOf).ToList();
        var voms = proxies.SelectMany(c => c.Extensions).Where(e => e.Oid?.Value == VomsAttributes).ToList();
        var owner = chain.Count > proxies.Count ? chain[proxies.Count].Subject : ProxyName().Replace(chain[^1].Subject, "");
        return new ProxyFile
        {
            Kind =
                kinds.Count == 0 ? ProxyKind.None
                : kinds.Contains(ProxyKind.Legacy) ? ProxyKind.Legacy
                : kinds.Contains(ProxyKind.Draft) ? ProxyKind.Draft
                : ProxyKind.Rfc,
            Subject = owner,
            From = chain.Max(c => new DateTimeOffset(c.NotBefore.ToUniversalTime())),
            Until = chain.Min(c => new DateTimeOffset(c.NotAfter.ToUniversalTime())),
            RsaBits = (proxies.Count == 0 ? chain.Take(1) : proxies).Min(Bits),
            Certificates = chain.Count,
            HasVoms = voms.Count > 0,
            VomsUntil = voms.Count == 0 ? null : voms.Select(VomsEnd).Min(),
        };
    }

    private static int? Bits(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        return rsa?.KeySize;
    }

    private static ProxyKind KindOf(X509Certificate2 certificate)
    {
        var extensions = certificate.Extensions.Select(e => e.Oid?.Value).ToImmutableHashSet();
        return extensions.Contains(RfcInfo) ? ProxyKind.Rfc
            : extensions.Contains(DraftInfo) ? ProxyKind.Draft
            : ProxyName().IsMatch(certificate.Subject) ? ProxyKind.Legacy
            : ProxyKind.None;
    }

    /// <summary>
    /// The end of validity of the first attribute certificate: SEQUENCE OF SEQUENCE OF AttributeCertificate (RFC 5755); the validity is the
    /// sixth field.
    /// </summary>
    private static DateTimeOffset? VomsEnd(X509Extension extension)
    {
        try
        {
            var info = new AsnReader(extension.RawData, AsnEncodingRules.BER).ReadSequence().ReadSequence().ReadSequence().ReadSequence();
            for (var i = 0; i < 5; i++)
            {
                info.ReadEncodedValue(); // version, holder, issuer, signature, serial number
            }

            var validity = info.ReadSequence();
            validity.ReadGeneralizedTime();
            return validity.ReadGeneralizedTime();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static byte[] PublicOf(string label, byte[] key)
    {
        try
        {
            using var rsa = RSA.Create();
            if (label == "RSA PRIVATE KEY")
            {
                rsa.ImportRSAPrivateKey(key, out _);
            }
            else if (label == "PRIVATE KEY")
            {
                rsa.ImportPkcs8PrivateKey(key, out _);
            }
            else
            {
                return Elliptic(label, key);
            }

            return rsa.ExportSubjectPublicKeyInfo();
        }
        catch (CryptographicException) when (label == "PRIVATE KEY")
        {
            return Elliptic(label, key);
        }
    }

    private static byte[] Elliptic(string label, byte[] key)
    {
        using var ec = ECDsa.Create();
        if (label == "EC PRIVATE KEY")
        {
            ec.ImportECPrivateKey(key, out _);
        }
        else
        {
            ec.ImportPkcs8PrivateKey(key, out _);
        }

        return ec.ExportSubjectPublicKeyInfo();
    }

    [GeneratedRegex(@"^CN=(?:limited )?proxy(?:,\s*|$)|,\s*CN=(?:limited )?proxy\z", RegexOptions.IgnoreCase)]
    private static partial Regex ProxyName();
}
