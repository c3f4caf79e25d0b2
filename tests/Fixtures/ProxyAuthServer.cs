using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace Outsource.Tests.Fixtures;

/// <summary>
/// Rucio's login with an X.509 proxy, in Python: its OpenSSL can be told to allow proxy certificates, and checks the chain from proxy over
/// user to authority as the web servers of the grid do.
/// </summary>
internal sealed class ProxyAuthServer : IDisposable
{
    private const string Program = """
        import http.server, ssl, sys
        folder, token = sys.argv[1:]
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                let = self.path == "/auth/x509_proxy" and self.headers["X-Rucio-Account"] == "production" and self.connection.getpeercert()
                self.send_response(200 if let else 401)
                if let:
                    self.send_header("X-Rucio-Auth-Token", token)
                    self.send_header("X-Rucio-Auth-Token-Expires", "Wed, 01 Jan 2200 00:00:00 UTC")
                self.send_header("Content-Length", "0")
                self.end_headers()
            def log_message(self, *_):
                pass
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/server.pem")
        context.load_verify_locations(folder + "/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= 0x40  # X509_V_FLAG_ALLOW_PROXY_CERTS
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("outsource-auth-").FullName;
    private readonly Process _process;

    /// <param name="token">The token it gives.</param>
    public ProxyAuthServer(string token)
    {
        using var key = Certificates.Server.GetRSAPrivateKey()!;
        File.WriteAllText(
            Path.Combine(_folder, "server.pem"),
            $"{Certificates.Server.ExportCertificatePem()}\n{key.ExportRSAPrivateKeyPem()}\n"
        );
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), Certificates.Authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.py"), Program);
        _process = Process.Start(
            new ProcessStartInfo("python3", [Path.Combine(_folder, "server.py"), _folder, token]) { RedirectStandardOutput = true }
        )!;
        Address = new Uri($"https://localhost:{_process.StandardOutput.ReadLine()}");
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _process.Kill();
        _ = _process.Finish();
        _process.Dispose();
        Directory.Delete(_folder, true);
    }
}
