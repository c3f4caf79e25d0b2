using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Settings.Keys;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NoticeSettingsReaderTests
{
    private const string Url = "https://hooks.example/services/hidden";

    private readonly MockFileSystem _disk = new();

    [Test]
    public void Should_have_no_receiver_if_none_is_configured() => Assert.That(Read("").IsNone);

    [Test]
    public void Should_read_the_address_from_a_file_of_the_owner()
    {
        Hook(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var read = Read("webhook_file = /secret/hook\nwebhook_form = teams\nnotify_on = end, holds\nmail_server = relay.example:2525\n");

        Assert.That((read.Webhook, read.Form), Is.EqualTo((new Uri(Url), WebhookForm.Teams)));
        Assert.That((read.MailServer, read.MailPort), Is.EqualTo(("relay.example", 2525)));
        Assert.That(read.On, Is.EqualTo(new[] { "end", "holds" }));
        Assert.That(read.ToString(), Does.Not.Contain("hidden"));
    }

    [Test]
    public void Should_take_the_variable_first() =>
        Assert.That(Read("webhook_file = /none\n", (NoticeSettingsReader.Variable, Url)).Webhook, Is.EqualTo(new Uri(Url)));

    [Test]
    public void Should_refuse_a_file_that_others_can_read()
    {
        Hook(UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.That(
            () => Read("webhook_file = /secret/hook\n"),
            Throws.TypeOf<UsageException>().With.Message.Contains("chmod 600").And.Message.Not.Contains("hidden")
        );
    }

    [TestCase("http://hooks.example/hidden")]
    [TestCase("https://me:pw@hooks.example/hidden")]
    [TestCase("hidden")]
    public void Should_refuse_an_address_without_showing_it(string address) =>
        Assert.That(
            () => Read("", (NoticeSettingsReader.Variable, address)),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("$OUTSOURCE_WEBHOOK_URL does not hold the address of a webhook")
                .And.Message.Not.Contains("hidden")
        );

    [TestCase("notify_on = end, begin\n", "notify_on contains 'begin'")]
    [TestCase("webhook_form = irc\n", "webhook_form")]
    [TestCase("mail_server = a b\n", "mail_server is 'a b', but must be HOST or HOST:PORT")]
    [TestCase("mail_server = a:99999\n", "mail_server is 'a:99999'")]
    [TestCase("webhook_file = /none\n", "webhook_file is '/none', which does not exist")]
    public void Should_name_the_line_if_a_key_is_wrong(string key, string message) =>
        Assert.That(() => Read(key), Throws.TypeOf<UsageException>().With.Message.Contains(message).And.Message.Contains(":2"));

    private void Hook(UnixFileMode mode)
    {
        _disk.AddFile("/secret/hook", new MockFileData(Url + "\n"));
        _disk.File.SetUnixFileMode("/secret/hook", mode);
    }

    private NoticeSettings Read(string keys, params (string Name, string Value)[] variables)
    {
        _disk.AddFile("/my.ini", new MockFileData($"[Outsource]\n{keys}"));
        HostEnvironment host = Given.Host(_disk, variables);
        var typed = CommandLineParser.Parse(["--target=Notify", "--config=/my.ini"], [new TaskInfo("Notify", "")]);
        return new NoticeSettingsReader(host).Read(typed);
    }
}
