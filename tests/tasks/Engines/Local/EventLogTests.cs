using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Local;
using Outsource.Engines.Records;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class EventLogTests
{
    private const string Path = "/s/log";

    private static readonly DateTimeOffset At = new(2026, 3, 29, 1, 30, 0, 250, TimeSpan.Zero);

    private MockFileSystem _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new MockFileSystem();

    private List<LogEvent> Events() => [.. UserLog.Read(_disk, Path, TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"), At)];

    [Test]
    public void Should_be_read_as_it_was_written_whatever_the_time_zone()
    {
        using (var log = new EventLog(_disk, Path))
        {
            log.Submitted(7, At, "node");
            log.Executing(7, At, "slot");
            log.Terminated(7, At, -9, new JobUsage(12, 100, null, 2000, 1));
        }

        var events = Events();
        Assert.That(events.Select(e => (e.Number, e.Cluster, e.At)), Is.EqualTo(new[] { (0, 7, At), (1, 7, At), (5, 7, At) }));
        Assert.That(events[0].Node, Is.EqualTo("node"));
        Assert.That(events[2].Body, Has.Some.EqualTo("(0) Abnormal termination (signal 9)"));
    }

    [TestCase("001 (001.000.000) 2026-11-22T16:41:24Z Job exec")]
    [TestCase("001 (001.000.000) 2026-11-22T16:41:24Z Job executing on host: x\n")]
    public void Should_lose_no_event_if_the_one_before_is_torn(string torn)
    {
        _disk.AddFile(Path, new MockFileData(torn));

        using (var log = new EventLog(_disk, Path))
        {
            log.Submitted(2, At, "node");
        }

        Assert.That(Events()[^1], Has.Property("Cluster").EqualTo(2).And.Property("Node").EqualTo("node"));
    }
}
