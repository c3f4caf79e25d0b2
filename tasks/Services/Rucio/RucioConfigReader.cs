using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Rucio;

/// <summary>
/// Makes a <see cref="RucioConfig"/> of the file and the environment, whose variables win. All faults are reported together.
/// </summary>
internal sealed class RucioConfigReader(HostEnvironment host, RucioConfigFile file)
{
    private const int UsualTries = 3;

    /// <exception cref="UsageException">Something is missing or malformed.</exception>
    public RucioConfig Read(string proxy)
    {
        var type = AuthType();
        var tries = Tries();
        var byPassword = type == RucioAuthTypes.Password;
        var config = new RucioConfig(file.FilePath)
        {
            Host = Address("rucio_host"),
            AuthHost = Address("auth_host"),
            Account = host.Variable("RUCIO_ACCOUNT") ?? file.Text("account"),
            Vo = host.Variable("RUCIO_VO") ?? file.Text("vo"),
            AuthType = type ?? RucioAuthTypes.Password,
            Tries = tries,
            Proxy = type switch
            {
                RucioAuthTypes.Proxy => File("RUCIO_CLIENT_PROXY", "client_x509_proxy") ?? UsualProxy(proxy),
                RucioAuthTypes.Certificate => NeededFile("RUCIO_CLIENT_CERT", "client_cert"),
                _ => null,
            },
            KeyFile = type == RucioAuthTypes.Certificate ? NeededFile("RUCIO_CLIENT_KEY", "client_key") : null,
            Username = byPassword ? file.Needed("username") : null,
            Password = byPassword ? file.Needed("password") : null,
            Authorities = File("X509_CERT_DIR", "ca_cert"),
        };
        return file.Faults.Count == 0 ? config : throw new UsageException(file.Faults);
    }

    private string? AuthType()
    {
        var variable = host.Variable("RUCIO_AUTH_TYPE");
        var type = variable ?? file.Needed("auth_type");
        if (type is not null and not (RucioAuthTypes.Proxy or RucioAuthTypes.Password or RucioAuthTypes.Certificate))
        {
            var text =
                $"is '{type}'; we can log in with {RucioAuthTypes.Proxy}, {RucioAuthTypes.Certificate} and {RucioAuthTypes.Password}.";
            if (variable is null)
            {
                file.Add("auth_type", text);
            }
            else
            {
                file.Faults.Add(new Fault($"$RUCIO_AUTH_TYPE {text}"));
            }
        }

        return type;
    }

    private int Tries()
    {
        if (file.Text("request_retries") is not { } number)
        {
            return UsualTries;
        }

        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var tries) || tries is < 0 or > 100)
        {
            file.Add(
                "request_retries",
                $"is '{number}', which must be a whole number from 0 to 100. Correct it, or leave it out for {UsualTries}."
            );
        }

        return Math.Max(tries, 1);
    }

    private Uri Address(string key)
    {
        var text = file.Needed(key);
        if (
            text is not null
            && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.Host.Length > 0
            && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0
            && !text.Contains('?', StringComparison.Ordinal)
            && !text.Contains('#', StringComparison.Ordinal)
        )
        {
            return url;
        }

        if (text is not null)
        {
            file.Add(
                key,
                "is not a valid address (its value is not shown): expected https://HOST, with a port and a path if needed, and no user or "
                    + "password, ? or # in it."
            );
        }

        return new Uri("https://invalid.invalid");
    }

    /// <summary>A path that a variable or a key names, and what names it; null: neither does.</summary>
    private (string Path, string Subject)? File(string variable, string key) =>
        host.Variable(variable) is { } named ? (host.Absolute(named), "$" + variable)
        : file.Text(key) is { } own
            ? (host.Absolute(own, Path.GetDirectoryName(file.FilePath)), $"{key} in [{RucioConfig.Section}] of {file.FilePath}")
        : null;

    private (string Path, string Subject)? NeededFile(string variable, string key)
    {
        var found = File(variable, key);
        if (found is null)
        {
            file.Add(key, $"is missing, and ${variable} is not set. Write it into [{RucioConfig.Section}].");
        }

        return found;
    }

    /// <summary>
    /// The proxy when Rucio's configuration names none: that of the settings, else the one that voms-proxy-init makes without -out.
    /// </summary>
    private (string Path, string Subject) UsualProxy(string proxy)
    {
        if (host.Variable("X509_USER_PROXY") is not null)
        {
            return (proxy, "$X509_USER_PROXY");
        }

        var made = $"/tmp/x509up_u{UserId()}";
        return !host.Disk.File.Exists(proxy) && host.Disk.File.Exists(made)
            ? (made, "where voms-proxy-init puts it")
            : (proxy, "its usual place");
    }

    /// <summary>The operator's number, as the kernel has it for this process.</summary>
    private string UserId()
    {
        try
        {
            var line =
                host.Disk.File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal))
                ?? "";
            return line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2) ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
