using System.Net;
using System.Net.Sockets;
using System.Text;
using Outsource.Model.Notices;
using Outsource.Services.Notices;

namespace Outsource.Tests.Services.Notices;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
internal sealed class MailSenderTests
{
    private static readonly Notice Message = new(NoticeKind.End, "Workflow w has ended: failed, 7 of 8 jobs done.");

    [Test]
    public async Task Should_hand_the_mail_to_the_server()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var taken = TakeAsync(server);

        var fault = await Sender(server).SendAsync(Message, CancellationToken.None).ConfigureAwait(false);

        Assert.That(fault, Is.Null);
        var said = await taken.ConfigureAwait(false);
        Assert.That(
            said,
            Does.Contain("MAIL FROM:<me@here>")
                .And.Contain("RCPT TO:<you@there.example>")
                .And.Contain("Subject: Outsource: Workflow w has ended")
        );
        Assert.That(said, Does.Contain("7 of 8 jobs done."));
    }

    [Test]
    public async Task Should_give_up_if_the_server_hangs()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();

        var fault = await Sender(server, TimeSpan.FromMilliseconds(300)).SendAsync(Message, CancellationToken.None).ConfigureAwait(false);

        Assert.That(fault, Is.EqualTo("the server did not take it within 0.3 s"));
    }

    [Test]
    public async Task Should_say_so_if_there_is_no_server()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var sender = Sender(server);
        server.Stop();

        Assert.That(
            await sender.SendAsync(Message, CancellationToken.None).ConfigureAwait(false),
            Does.StartWith("the server cannot be reached")
        );
    }

    private static MailSender Sender(TcpListener server, TimeSpan? limit = null) =>
        new("you@there.example", ("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port), "me@here")
        {
            Limit = limit ?? TimeSpan.FromSeconds(60),
        };

    /// <summary>A mail server that takes one mail, and returns what the client said.</summary>
    private static async Task<string> TakeAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync().ConfigureAwait(false);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        var said = new StringBuilder();
        var data = false;
        await writer.WriteLineAsync("220 here").ConfigureAwait(false);
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _ = said.Append(line).Append('\n');
            if (data && line != ".")
            {
                continue;
            }

            data = line == "DATA";
            await writer.WriteLineAsync(data ? "354 go on" : line == "QUIT" ? "221 bye" : "250 ok").ConfigureAwait(false);
            if (line is "QUIT" or ".")
            {
                break;
            }
        }

        return said.ToString();
    }
}
