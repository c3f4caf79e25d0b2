using System.Globalization;
using System.IO.Abstractions.TestingHelpers;
using System.Text.RegularExpressions;
using CsCheck;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.Tests.Engines.Records;

/// <summary>Logs that are read as bytes tell what they tell when they are read as text, line by line, with expressions.</summary>
[TestFixture]
internal sealed partial class EventReaderTests
{
    private static readonly DateTimeOffset Newest = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");

    private static readonly string[] Parts =
    [
        "...",
        "..",
        "005 (023.000.000) 2026-11-22 16:32:02 Job terminated.",
        "016 (1.2.3) 2026-03-29T02:30:00",
        "016 (1.2.3) 2026-10-25 02:30:00.250 x",
        "000 (123456789.000.000) 2026-11-22T16:32:02.123Z  two blanks",
        "001 (023.000.000) 11/22 16:32:02 old",
        "001 (023.000.000) 2026-11-22 16:32:02+0100 zone",
        "001 (023.000.000) 2026-11-22 24:32:02 no hour",
        "001 (023.000.000) 2026-02-30 16:32:02 no day",
        "001 (1234567890.000.000) 2026-11-22 16:32:02 too long",
        "0a1 (023.000.000) 2026-11-22 16:32:02 no number",
        "001 (023.000) 2026-11-22 16:32:02 no third",
        "\tindented",
        "   ",
        "",
        "\u00a0Ünicode\u2003",
        "    DAG Node: a",
    ];

    [Test]
    public void Should_tell_the_same_as_the_text() =>
        Gen.Select(OneOf(Parts).Array[0, 12], OneOf("\n", "\r\n", "\r"), Gen.Int[0, 3])
            .Sample(
                (parts, end, cut) =>
                {
                    var disk = new MockFileSystem();
                    var text = string.Join(end, parts) + end;
                    disk.AddFile("/log", new MockFileData(text[..Math.Max(0, text.Length - cut)]));

                    var read = UserLog.Read(disk, "/log", Zone, Newest).Select(Shown).ToList();

                    Assert.That(read, Is.EqualTo(Expected(disk).Select(Shown)));
                },
                iter: 3000
            );

    [Test]
    public void Should_take_all_of_the_times_that_the_rules_take() =>
        Gen.Select(
                Gen.Int[0, 366 * 24 * 60].Select(m => new DateTime(2026, 1, 1).AddMinutes(m)),
                OneOf("", ".5", ".123Z", "Z", "+01:00")
            )
            .Sample(
                (time, zone) =>
                {
                    var disk = new MockFileSystem();
                    var text = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + zone;
                    disk.AddFile("/log", new MockFileData($"001 (023.000.000) {text} x\n...\n"));

                    Assert.That(UserLog.Read(disk, "/log", Zone, Newest).Single().At, Is.EqualTo(UserLog.TimeOf(text, Zone, Newest)));
                },
                iter: 2000
            );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Shown(LogEvent e) =>
        $"{e.Number} {e.Cluster} {e.Proc} {e.At:O} '{e.Title}' '{string.Join('|', e.Body)}' '{e.Node}'";

    private static IEnumerable<LogEvent> Expected(MockFileSystem disk)
    {
        LogEvent? open = null;
        foreach (var line in BoundedText.Statements(disk, "/log"))
        {
            if (line == "...")
            {
                if (open is not null)
                {
                    yield return open;
                }

                open = null;
            }
            else if (Header().Match(line) is { Success: true } m && UserLog.TimeOf(m.Groups[4].Value, Zone, Newest) is { } at)
            {
                int Number(int group) => int.Parse(m.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
                open = new LogEvent(Number(1), Number(2), Number(3), at, m.Groups[5].Value, new List<string>());
            }
            else if (open is not null && line.Length > 0)
            {
                ((List<string>)open.Body).Add(line.Trim());
            }
        }
    }

    [GeneratedRegex(
        @"^([0-9]{3}) \(([0-9]{1,9})\.([0-9]{1,9})\.[0-9]+\) "
            + @"([0-9]{2}/[0-9]{2} [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9:]{4,5})?)"
            + @" ?(.*)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Header();
}
