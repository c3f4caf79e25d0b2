using System.IO.Abstractions.TestingHelpers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Outsource.Model.Notices;
using Outsource.Services.Http;
using Outsource.Services.Notices;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Notices;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WebhookSenderTests
{
    private const string Secret = "/services/T000/B000/hidden";

    private static readonly Notice Message = new(NoticeKind.End, "Workflow <w> & more has ended.");

    [TestCase(WebhookForm.Slack, """{"text":"Workflow &lt;w&gt; &amp; more has ended."}""")]
    [TestCase(WebhookForm.Mattermost, """{"text":"Workflow <w> & more has ended.","username":"outsource"}""")]
    public void Should_have_the_form_of_the_chat(WebhookForm form, string body)
    {
        using var made = JsonDocument.Parse(WebhookSender.BodyOf(form, Message));
        using var expected = JsonDocument.Parse(body);

        Assert.That(JsonElement.DeepEquals(made.RootElement, expected.RootElement), made.RootElement.ToString());
    }

    [Test]
    public void Should_be_an_adaptive_card_for_teams()
    {
        using var made = JsonDocument.Parse(WebhookSender.BodyOf(WebhookForm.Teams, Message));
        var attachment = made.RootElement.GetProperty("attachments")[0];

        Assert.That(attachment.GetProperty("contentType").GetString(), Is.EqualTo("application/vnd.microsoft.card.adaptive"));
        Assert.That(attachment.GetProperty("content").GetProperty("body")[0].GetProperty("text").GetString(), Is.EqualTo(Message.Text));
    }

    [Test]
    public async Task Should_post_the_message()
    {
        await using var server = await LoopbackServer.StartAsync().ConfigureAwait(false);
        server.Once(Secret, LoopbackServer.Status(200));

        var fault = await Sender(server.Address).SendAsync(Message, CancellationToken.None).ConfigureAwait(false);

        Assert.That(fault, Is.Null);
        var got = server.Requests.Single();
        Assert.That((got.Method, got.Body), Is.EqualTo(("POST", WebhookSender.BodyOf(WebhookForm.Slack, Message))));
        Assert.That(got.Headers["Content-Type"], Does.StartWith("application/json"));
    }

    [TestCase(403, "it answered 403")]
    [TestCase(302, "it answered 302")]
    public async Task Should_name_host_but_not_path_if_it_refuses(int status, string fault)
    {
        await using var server = await LoopbackServer.StartAsync().ConfigureAwait(false);
        server.Once(
            Secret,
            http =>
            {
                http.Response.StatusCode = status;
                http.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
                return http.Response.WriteAsync($"no {Secret}");
            }
        );
        var sender = Sender(server.Address);

        Assert.That(await sender.SendAsync(Message, CancellationToken.None).ConfigureAwait(false), Is.EqualTo(fault));
        Assert.That(sender.Name, Is.EqualTo("the slack webhook at 127.0.0.1"));
    }

    [Test]
    public async Task Should_give_up_if_it_hangs()
    {
        await using var server = await LoopbackServer.StartAsync().ConfigureAwait(false);
        server.Once(
            Secret,
            async http =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // The client has given up.
                }
            }
        );

        var fault = await Sender(server.Address, TimeSpan.FromMilliseconds(300))
            .SendAsync(Message, CancellationToken.None)
            .ConfigureAwait(false);

        Assert.That(fault, Is.EqualTo("it did not answer within 0.3 s"));
    }

    [Test]
    public async Task Should_say_so_if_nobody_listens()
    {
        var fault = await Sender(new Uri("http://127.0.0.1:9/")).SendAsync(Message, CancellationToken.None).ConfigureAwait(false);

        Assert.That(fault, Does.StartWith("it cannot be reached"));
    }

    private static WebhookSender Sender(Uri server, TimeSpan? limit = null) =>
        new(new Uri(server, Secret), WebhookForm.Slack, new EnvironmentProxy(Given.Host(new MockFileSystem())))
        {
            Limit = limit ?? TimeSpan.FromSeconds(60),
        };
}
