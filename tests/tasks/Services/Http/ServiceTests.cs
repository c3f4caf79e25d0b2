using Outsource.Services.Http;

namespace Outsource.Tests.Services.Http;

[TestFixture]
public sealed class ServiceTests
{
    /// <summary>Each segment on its own, quoted as RFC 3986 says: none can add a query or lead to another path.</summary>
    [TestCase("https://h/api", new[] { "runs", "page", "1" }, "https://h/api/runs/page/1")]
    [TestCase("https://h/api/", new[] { "runs", "number", "7000", "" }, "https://h/api/runs/number/7000/")]
    [TestCase("http://h:5000", new[] { "dids", "xnt_007157", "raw_records-rfzvpzj4mf", "files" }, "http://h:5000/dids/xnt_007157/raw_records-rfzvpzj4mf/files")]
    [TestCase("https://h", new[] { "a b", "../c", "d?e", "f#g" }, "https://h/a%20b/..%2Fc/d%3Fe/f%23g")]
    [TestCase("https://h", new[] { "50%", "50%25", "a+b", "a&b=c" }, "https://h/50%25/50%2525/a%2Bb/a%26b%3Dc")]
    [TestCase("https://h/a%20b", new[] { "ü", "/", "/x/" }, "https://h/a%20b/%C3%BC/%2F/%2Fx%2F")]
    public void Should_quote_each_segment_if_it_makes_an_address(string address, string[] path, string expected)
    {
        var service = new Service("Service", new Uri(address), "service_url", "Correct service_ca.");

        Assert.That(service.UrlOf(path).AbsoluteUri, Is.EqualTo(expected));
        Assert.That(
            expected,
            Is.EqualTo(service.Address.AbsoluteUri.TrimEnd('/') + string.Concat(path.Select(s => "/" + Uri.EscapeDataString(s)))),
            "as plain concatenation would quote it"
        );
    }
}
