using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>What is wrong with a server's certificate.</summary>
/// <param name="Words">The end of a sentence about it: <c>is for rundb.example, not 127.0.0.1</c>.</param>
/// <param name="OfAnotherHost">It does not name the host.</param>
/// <param name="Untrusted">Its authority is not known here.</param>
/// <param name="OutOfTime">It, or that of its authority, has expired or is not valid yet.</param>
internal sealed record CertificateFault(string Words, bool OfAnotherHost, bool Untrusted, bool OutOfTime);

/// <summary>Accepts the certificates that .NET accepts, and remembers in words why another one was refused. For several threads.</summary>
internal sealed class CertificateJudge
{
    private const X509ChainStatusFlags NotTrusted =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.ExplicitDistrust;

    private const int MostNames = 3;

    private readonly ConcurrentDictionary<string, CertificateFault> _faults = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the certificate is accepted: only without any fault.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (sender is SslStream { TargetHostName: { Length: > 0 } host } && certificate is X509Certificate2 shown)
        {
            _faults[host] = Describe(host, shown, chain, errors);
        }

        return false;
    }

    /// <summary>Why the certificate of a host was refused; null: none was.</summary>
    public CertificateFault? FaultOf(string host) => _faults.GetValueOrDefault(host);

    private static CertificateFault Describe(string host, X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var (otherHost, untrusted, outOfTime) = (
            errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
            (flags & NotTrusted) != 0,
            flags.HasFlag(X509ChainStatusFlags.NotTimeValid)
        );
        var words = new List<string>();
        if (otherHost)
        {
            words.Add($"is for {Names(shown)}, not {host}");
        }

        if (untrusted)
        {
            words.Add(
                shown.SubjectName.RawData.AsSpan().SequenceEqual(shown.IssuerName.RawData)
                    ? "is signed by itself, not by an authority known here"
                    : $"is signed by an authority not known here ({Brief(shown.GetNameInfo(X509NameType.SimpleName, forIssuer: true))})"
            );
        }

        if (outOfTime)
        {
            words.Add(Time(shown, chain!.ChainPolicy.VerificationTime));
        }

        if (words.Count == 0)
        {
            words.Add($"is refused ({(flags == X509ChainStatusFlags.NoError ? errors.ToString() : flags.ToString())})");
        }

        return new CertificateFault(string.Join(", and ", words), otherHost, untrusted, outOfTime);
    }

    private static string Time(X509Certificate2 shown, DateTime at)
    {
        static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return at > shown.NotAfter ? $"has expired on {Day(shown.NotAfter)}"
            : at < shown.NotBefore ? $"is valid only from {Day(shown.NotBefore)} on"
            : "is signed by an authority whose own certificate has expired or is not valid yet";
    }

    private static string Names(X509Certificate2 shown)
    {
        var names = shown
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .ToList();
        if (names.Count == 0)
        {
            names.Add(shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        }

        return string.Join(", ", names.Take(MostNames).Select(Brief))
            + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
    }

    private static string Brief(string name) => UntrustedText.Brief(name, 80);
}
