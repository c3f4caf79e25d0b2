using Outsource.Reports;

namespace Outsource.Tests.Reports;

internal sealed class ForeignTextTests
{
    [TestCase("Authorization: Bearer eyJhbGciOiJI.eyJzdWIi.abc", "Authorization: ***")]
    [TestCase("{'Authorization': 'Bearer abcdefghijkl', 'Accept': 'x'}", "{'Authorization': ***")]
    [TestCase("X-Rucio-Auth-Token: prod-/DC=org/CN=Some One-unknown-0123456789abcdef", "X-Rucio-Auth-Token: ***")]
    [TestCase("got 401 for bearer 0123456789abcdef at once", "got 401 for bearer *** at once")]
    [TestCase("cannot open mongodb://user:s3cret@xenon1t-daq.lngs.infn.it:27017/run", "cannot open mongodb://***@xenon1t-daq.lngs.infn.it:27017/run")]
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
    public void Should_cover_what_is_secret(string line, string shown) => Assert.That(ForeignText.Shown(line), Is.EqualTo(shown));

    [TestCase("RunDB token: 12.3 h left")]
    [TestCase("RunDB token: expired; a new one will be asked for")]
    [TestCase("RunDB token or X.509 proxy missing or expired")]
    [TestCase("Error from slot1_1@node26.example.org: memory usage exceeded request_memory 26")]
    [TestCase("  File \"/opt/XENONnT/strax/context.py\", line 17, in get_array")]
    [TestCase("peaklets-rfzvpzj4mf-000003 at https://xenon-gridftp.grid.uchicago.edu:2880/xenon/scratch/me")]
    [TestCase("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Should_leave_the_rest_as_it_is(string line) => Assert.That(ForeignText.Shown(line), Is.EqualTo(line));

    [TestCase("\u001b[31mred\u001b[0m", "red")]
    [TestCase("\u001b]0;title\u0007said", "said")]
    [TestCase("back\b\rover", "back  over")]
    [TestCase("a\tb", "a\tb")]
    public void Should_not_steer_the_terminal(string line, string shown) => Assert.That(ForeignText.Shown(line), Is.EqualTo(shown));
}
