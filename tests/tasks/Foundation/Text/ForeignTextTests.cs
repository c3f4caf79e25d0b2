using Outsource.Foundation.Text;

namespace Outsource.Tests.Foundation.Text;

internal sealed class ForeignTextTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Visible = new() { Encoder = VisibleJson.Encoder };

    [TestCase("Authorization: Bearer eyJhbGciOiJI.eyJzdWIi.abc", "Authorization: ***")]
    [TestCase("{'Authorization': 'Bearer abcdefghijkl', 'Accept': 'x'}", "{'Authorization': ***")]
    [TestCase("X-Rucio-Auth-Token: prod-/DC=org/CN=Some One-unknown-0123456789abcdef", "X-Rucio-Auth-Token: ***")]
    [TestCase("got 401 for bearer 0123456789abcdef at once", "got 401 for bearer *** at once")]
    [TestCase(
        "cannot open mongodb://user:s3cret@xenon1t-daq.lngs.infn.it:27017/run",
        "cannot open mongodb://***@xenon1t-daq.lngs.infn.it:27017/run"
    )]
    [TestCase("amqp://friend:p@ss/word@msgs:5672 refused", "amqp://***@msgs:5672 refused")]
    [TestCase("https://0123token@host/x", "https://***@host/x")]
    [TestCase("password = hunter2", "password = ***")]
    [TestCase("rundb_api_password: hunter2", "rundb_api_password: ***")]
    [TestCase("json={\"username\": \"me\", \"password\": \"hunter 2\"}", "json={\"username\": \"me\", \"password\": ***}")]
    [TestCase("login(user='me', xent_password='hunter2', retry=3)", "login(user='me', xent_password=***, retry=3)")]
    [TestCase("GET /x?access_token=abc&page=2 failed", "GET /x?access_token=***&page=2 failed")]
    [TestCase("process.py --rundb-token abc --run 7", "process.py --rundb-token *** --run 7")]
    [TestCase("dbtoken eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoieCJ9.QQ is old", "dbtoken *** is old")]
    [TestCase("the token is 0123456789abcdef0123", "the token is ***")]
    [TestCase("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "***")]
    public void Should_cover_what_is_secret(string line, string shown) => Assert.That(UntrustedText.Shown(line), Is.EqualTo(shown));

    [TestCase("RunDB token: 12.3 h left")]
    [TestCase("RunDB token: expired; a new one will be asked for")]
    [TestCase("RunDB token or X.509 proxy missing or expired")]
    [TestCase("Error from slot1_1@node26.example.org: memory usage exceeded request_memory 26")]
    [TestCase("  File \"/opt/XENONnT/strax/context.py\", line 17, in get_array")]
    [TestCase("peaklets-rfzvpzj4mf-000003 at https://xenon-gridftp.grid.uchicago.edu:2880/xenon/scratch/me")]
    [TestCase("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Should_leave_the_rest_as_it_is(string line) => Assert.That(UntrustedText.Shown(line), Is.EqualTo(line));

    [TestCase("\u001b[31mred\u001b[0m", "red")]
    [TestCase("\u001b]0;title\u0007said", "\\u001b]0;title\\u0007said")]
    [TestCase("\u001b[2Jgone", "\\u001b[2Jgone")]
    [TestCase("back\b\rover", "back\\u0008\\rover")]
    [TestCase("a\tb", "a\tb")]
    [TestCase("one\r\ntwo", "one\\r\\ntwo")]
    [TestCase("\u0000\u007f\u0085\u009b31m", "\\u0000\\u007f\\u0085\\u009b31m")]
    [TestCase("UC\u202eKSID", "UC\\u202eKSID")]
    [TestCase("a\u2066b\u2069c\u200ed\u200fe\u061cf", "a\\u2066b\\u2069c\\u200ed\\u200fe\\u061cf")]
    [TestCase("\ufeffb\u200bad\u00ad\u2060", "\\ufeffb\\u200bad\\u00ad\\u2060")]
    [TestCase("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [TestCase("\U000e0041tag", "\\udb40\\udc41tag")]
    [TestCase("café 日本 😀", "café 日本 😀")]
    public void Should_not_steer_the_terminal(string line, string shown) => Assert.That(UntrustedText.Shown(line), Is.EqualTo(shown));

    [TestCase("a\nb\tc\rd", "a\\nb\\tc\\rd")]
    [TestCase("plain", "plain")]
    public void Should_show_line_ends_if_it_must_be_one_line(string text, string shown) =>
        Assert.That(UntrustedText.OneLine(text), Is.EqualTo(shown));

    [Test]
    public void Should_leave_the_lines_of_our_own_text() =>
        Assert.That(UntrustedText.Plain("one\r\ntwo\u202e"), Is.EqualTo("one\ntwo\\u202e"));

    [Test]
    public void Should_write_the_same_json_if_the_text_comes_as_bytes(
        [Values("plain", "a\u0000b\u001f\u007f", "a\"b\\c\n", "a\u202eb\u0085c", "größe 日本 😀", "")] string text
    )
    {
        string Written(Action<System.Text.Json.Utf8JsonWriter> write)
        {
            using var stream = new MemoryStream();
            using (var json = new System.Text.Json.Utf8JsonWriter(stream, new() { Encoder = VisibleJson.Encoder }))
            {
                write(json);
            }

            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }

        Assert.That(
            Written(json => json.WriteStringValue(System.Text.Encoding.UTF8.GetBytes(text))),
            Is.EqualTo(Written(json => json.WriteStringValue(text)))
        );
    }

    [TestCase("a\u202eb\u0085c\u2028d\u200be\ufefff", """["a\u202eb\u0085c\u2028d\u200be\ufefff"]""")]
    [TestCase("\U000e0041", """["\udb40\udc41"]""")]
    [TestCase("café <b> + 日本 'x' 😀 \"q\" \\ \n", """["café <b> + 日本 'x' 😀 \"q\" \\ \n"]""")]
    public void Should_show_it_in_json_too(string text, string json)
    {
        var written = System.Text.Json.JsonSerializer.Serialize(new[] { text }, Visible);

        Assert.That(written.Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal), Is.EqualTo(json).IgnoreCase);
        Assert.That(System.Text.Json.JsonSerializer.Deserialize<string[]>(written), Is.EqualTo(new[] { text }));
    }

    [Test]
    public void Should_cut_what_is_long()
    {
        Assert.That(UntrustedText.Brief(new string('x', 500)), Is.EqualTo(new string('x', 200) + "…"));
        Assert.That(UntrustedText.Brief("12😀", 3), Is.EqualTo("12…"), "no half of a character is left");
    }
}
