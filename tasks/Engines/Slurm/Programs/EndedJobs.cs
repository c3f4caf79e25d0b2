using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>
/// Asks what became of jobs that are not in the queue: <c>sacct</c> where accounting is on, else <c>scontrol show job</c>, which knows a
/// job for some minutes after its end (MinJobAge).
/// </summary>
/// <param name="programs">The programs.</param>
/// <param name="zone">The time zone of Slurm's times.</param>
public sealed partial class EndedJobs(ISlurmPrograms programs, TimeZoneInfo zone)
{
    /// <summary>Jobs in one call: the length of a command line is limited.</summary>
    private const int Batch = 500;

    /// <summary>Of so many jobs each is asked for alone; with more, all that scontrol still knows are read at once.</summary>
    private const int MostAlone = 20;

    private bool? _accounting;

    /// <summary>What is known of them, by number; one that Slurm knows no more is not there.</summary>
    public IReadOnlyDictionary<int, SlurmJob> Of(IReadOnlyCollection<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            return new Dictionary<int, SlurmJob>();
        }

        if (_accounting != false && FromAccounting(ids) is { } known)
        {
            _accounting = true;
            return known;
        }

        _accounting = false;
        var calls = ids.Count <= MostAlone
            ? ids.Select(id => (string[])["-o", "show", "job", id.ToString(CultureInfo.InvariantCulture)])
            : [["-o", "show", "job"]];
        return calls
            .Select(words => Ask("scontrol", words))
            .Where(said => said is { ExitCode: 0 })
            .SelectMany(said => said!.Out)
            .Select(OfControl)
            .OfType<SlurmJob>()
            .Where(j => ids.Contains(j.Id))
            .GroupBy(j => j.Id)
            .ToDictionary(g => g.Key, g => g.Last());
    }

    private Dictionary<int, SlurmJob>? FromAccounting(IReadOnlyCollection<int> ids)
    {
        var found = new Dictionary<int, SlurmJob>();
        foreach (var some in ids.Chunk(Batch))
        {
            var said = Ask(
                "sacct",
                ["-P", "-n", "-D", "-j", string.Join(',', some), "--format=JobID,State,ExitCode,Start,End,MaxRSS,Reason"]
            );
            if (said is not { ExitCode: 0 })
            {
                return null;
            }

            foreach (var line in said.Out)
            {
                AddAccount(found, line);
            }
        }

        return found;
    }

    /// <summary>
    /// A line of a job, or of one of its steps, which alone have memory. Of a job that was requeued the last line counts.
    /// </summary>
    private void AddAccount(Dictionary<int, SlurmJob> found, string line)
    {
        if (line.Split('|') is not [var name, var state, var code, var start, var end, var memory, .. var rest])
        {
            return;
        }

        var step = name.Split('.');
        if (!int.TryParse(step[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return;
        }

        if (step.Length == 1)
        {
            found[id] = new SlurmJob(id, state.Split(' ')[0], rest is [{ Length: > 0 } reason, ..] && reason != "None" ? reason : "")
            {
                ExitCode = CodeOf(code),
                Started = TimeOf(start),
                Ended = TimeOf(end),
            };
        }
        else if (found.TryGetValue(id, out var job) && Megabytes(memory) is { } used && used > (job.PeakMb ?? -1))
        {
            found[id] = job with { PeakMb = used };
        }
    }

    private SlurmJob? OfControl(string line)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match field in Field().Matches(line))
        {
            _ = fields.TryAdd(field.Groups["key"].Value, field.Groups["value"].Value);
        }

        return int.TryParse(fields.GetValueOrDefault("JobId"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && fields.TryGetValue("JobState", out var state)
            ? new SlurmJob(id, state, fields.GetValueOrDefault("Reason") is { } reason && reason != "None" ? reason : "")
            {
                Comment = fields.GetValueOrDefault("Comment") ?? "",
                ExitCode = CodeOf(fields.GetValueOrDefault("ExitCode")),
                Started = TimeOf(fields.GetValueOrDefault("StartTime")),
                Ended = TimeOf(fields.GetValueOrDefault("EndTime")),
            }
            : null;
    }

    /// <summary><c>3:0</c> is exit code 3, <c>0:9</c> signal 9.</summary>
    private static int? CodeOf(string? text) =>
        text?.Split(':') is [var code, var signal]
        && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var by)
            ? by > 0 ? -by : value
            : null;

    private DateTimeOffset? TimeOf(string? text) =>
        DateTime.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime()
            : null;

    /// <summary><c>123456K</c>, <c>12.5M</c>, <c>1G</c>, <c>1048576</c>, in units of 1024; MB of 10^6 bytes.</summary>
    private static long? Megabytes(string text)
    {
        var power = text.Length == 0 ? -1 : "KMGT".IndexOf(text[^1], StringComparison.Ordinal) + 1;
        return power >= 0
            && double.TryParse(
                power > 0 ? text[..^1] : text,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            ? (long)(amount * Math.Pow(1024, power) / 1e6)
            : null;
    }

    private CommandOutput? Ask(string program, string[] words)
    {
        try
        {
            return programs.Run(program, [.. words]);
        }
        catch (OutsourceException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?:^|\s)(?<key>[A-Za-z:/]+)=(?<value>\S*)", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}
