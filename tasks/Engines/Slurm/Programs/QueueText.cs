using System.Globalization;
using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>Reads what squeue prints, in both of its forms.</summary>
public static class QueueText
{
    /// <summary>The columns that are asked for: number, name, comment, state, reason.</summary>
    public const string Format = "%i|%j|%k|%T|%r";

    /// <summary>Reads <c>squeue --json</c>: of 22.05 (plain numbers, one state) and of later releases (numbers that are set or not, several
    /// states).</summary>
    /// <exception cref="JsonException">It has another form.</exception>
    public static IReadOnlyList<SlurmJob> OfJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("jobs", out var jobs)
            && jobs.ValueKind == JsonValueKind.Array
            ? [.. jobs.EnumerateArray().Select(OfJson)]
            : throw new JsonException("no list of jobs");
    }

    /// <summary>Reads lines of <see cref="Format"/>. Names of other people's jobs may contain the separator, ours do not.</summary>
    /// <exception cref="FormatException">A line has another form: no job may be missed.</exception>
    public static IReadOnlyList<SlurmJob> OfLines(IEnumerable<string> lines) =>
        [.. lines.Where(l => l.Trim().Length > 0).Select(OfLine)];

    private static SlurmJob OfLine(string line)
    {
        var cells = line.Trim().Split('|');
        if (cells.Length < 5 || NumberIn(cells[0]) is not { } id)
        {
            throw new FormatException($"squeue printed '{UntrustedText.Shown(line)}', which is no line of a job");
        }

        return new SlurmJob(id, cells[^2], None(cells[^1]))
        {
            Comment = cells[^3].StartsWith(SlurmJob.Mark, StringComparison.Ordinal) ? cells[^3] : "",
        };
    }

    /// <summary>The number of a job: <c>123</c>, of an array <c>123_4</c>, <c>123_[1-9]</c>.</summary>
    private static int? NumberIn(string cell)
    {
        var end = cell.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? cell : cell[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private static string None(string text) => text is "None" or "(null)" ? "" : text;

    private static SlurmJob OfJson(JsonElement job)
    {
        if (job.ValueKind != JsonValueKind.Object || Number(job, "job_id") is not (> 0 and <= int.MaxValue and var id))
        {
            throw new JsonException("a job without a number");
        }

        return new SlurmJob((int)id, StateOf(job), None(Text(job, "state_reason")))
        {
            Comment = Text(job, "comment"),
            Submitted = Time(job, "submit_time"),
            Started = Time(job, "start_time"),
            Ended = Time(job, "end_time"),
            ExitCode = ExitOf(job),
        };
    }

    private static string StateOf(JsonElement job)
    {
        if (!job.TryGetProperty("job_state", out var state))
        {
            throw new JsonException("a job without a state");
        }

        // A list has the state first, then what it does besides.
        var word =
            state.ValueKind == JsonValueKind.Array && state.GetArrayLength() > 0 ? state[0]
            : state;
        return word.ValueKind == JsonValueKind.String ? word.GetString()! : throw new JsonException("a job without a state");
    }

    private static int? ExitOf(JsonElement job)
    {
        if (!job.TryGetProperty("exit_code", out var code))
        {
            return null;
        }

        if (code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var status))
        {
            return Status(status);
        }

        return code.ValueKind == JsonValueKind.Object && Number(code, "return_code") is { } value ? (int)value : null;
    }

    /// <summary>A wait status: the exit code times 256, or a signal.</summary>
    internal static int Status(int status) => (status & 0x7f) is > 0 and var signal ? -signal : (status >> 8) & 0xff;

    private static DateTimeOffset? Time(JsonElement job, string key) =>
        Number(job, key) is > 0 and < 253_402_300_800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static long? Number(JsonElement job, string key)
    {
        if (!job.TryGetProperty(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return value.TryGetProperty("set", out var set) && set.ValueKind == JsonValueKind.True ? Number(value, "number") : null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
    }

    private static string Text(JsonElement job, string key) =>
        job.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
