using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm;

/// <summary>What a line of the journal says.</summary>
public enum SlurmStep
{
    /// <summary>sbatch is about to be called. If no line follows, the job may be in the queue.</summary>
    Begun,

    /// <summary>sbatch said its number.</summary>
    Submitted,

    /// <summary>It was found in the queue, although its number was not written down.</summary>
    Found,

    /// <summary>sbatch refused it, or it was not in the queue after all: nothing was submitted.</summary>
    Refused,

    /// <summary>How a job ended; written before it is submitted again, since its end mark is replaced then.</summary>
    Ended,
}

/// <summary>A line of the journal.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Step">What happened.</param>
/// <param name="Job">The job's name.</param>
/// <param name="Attempt">From 0.</param>
public sealed record SlurmEntry(
    DateTimeOffset At,
    SlurmStep Step,
    string Job,
    int Attempt
)
{
    /// <summary>Its number in Slurm.</summary>
    public int? Id { get; init; }

    /// <summary>When it had started (<see cref="SlurmStep.Ended"/>).</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it had ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Its exit code; negative: ended by that signal.</summary>
    public int? Exit { get; init; }

    /// <summary>Most memory that it used, MB.</summary>
    public long? PeakMb { get; init; }

    /// <summary>What Slurm said.</summary>
    public string? Words { get; init; }
}

/// <summary>
/// <c>slurm/submitted.jsonl</c>: a line before and a line after each sbatch, which are on disk before the program goes on. After a kill the
/// next command reads from it which jobs may be in the queue. Safe to write from several threads.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file. Absolute.</param>
public sealed class SlurmJournal(IFileSystem disk, string path) : IDisposable
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder };

    private readonly Lock _gate = new();
    private FileSystemStream? _stream;

    /// <summary>Adds lines; they are on disk when this returns.</summary>
    public void Append(params ReadOnlySpan<SlurmEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            _ = text.Append(LineOf(entry)).Append('\n');
        }

        lock (_gate)
        {
            _stream ??= Open();
            _stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
            _stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>All lines, oldest first. One that cannot be read was cut off while it was written.</summary>
    public IEnumerable<SlurmEntry> Read()
    {
        if (!disk.File.Exists(path))
        {
            yield break;
        }

        foreach (var line in BoundedText.Lines(disk, path))
        {
            if (Parse(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public void Dispose() => _stream?.Dispose();

    private static string LineOf(SlurmEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("at", entry.At);
            json.WriteString("step", entry.Step.ToString().ToLowerInvariant());
            json.WriteString("job", entry.Job);
            json.WriteNumber("attempt", entry.Attempt);
            Write("id", entry.Id);
            Write("exit", entry.Exit);
            Write("peak_mb", entry.PeakMb);
            WriteTime("started", entry.Started);
            WriteTime("ended", entry.Ended);
            if (entry.Words is { } words)
            {
                json.WriteString("words", words);
            }

            json.WriteEndObject();

            void Write(string key, long? number)
            {
                if (number is { } value)
                {
                    json.WriteNumber(key, value);
                }
            }

            void WriteTime(string key, DateTimeOffset? time)
            {
                if (time is { } value)
                {
                    json.WriteString(key, value);
                }
            }
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static SlurmEntry? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            long? Number(string key) => entry.TryGetProperty(key, out var value) ? value.GetInt64() : null;
            DateTimeOffset? Time(string key) => entry.TryGetProperty(key, out var value) ? value.GetDateTimeOffset() : null;
            return Enum.TryParse<SlurmStep>(entry.GetProperty("step").GetString(), ignoreCase: true, out var step)
                ? new SlurmEntry(
                    entry.GetProperty("at").GetDateTimeOffset(),
                    step,
                    entry.GetProperty("job").GetString()!,
                    (int)(Number("attempt") ?? 0)
                )
                {
                    Id = (int?)Number("id"),
                    Exit = (int?)Number("exit"),
                    PeakMb = Number("peak_mb"),
                    Started = Time("started"),
                    Ended = Time("ended"),
                    Words = entry.TryGetProperty("words", out var words) ? words.GetString() : null,
                }
                : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private FileSystemStream Open()
    {
        var stream = OwnedFile.Open(disk, path, FileMode.OpenOrCreate);
        if (stream.Length > 0)
        {
            // An incomplete last line must not be joined with the next one.
            _ = stream.Seek(-1, SeekOrigin.End);
            if (stream.ReadByte() != '\n')
            {
                stream.WriteByte((byte)'\n');
            }
        }

        return stream;
    }
}

/// <summary>One submission of a job.</summary>
/// <param name="Attempt">From 0.</param>
/// <param name="At">When sbatch was called, UTC.</param>
public sealed record SlurmTry(int Attempt, DateTimeOffset At)
{
    /// <summary>Its number in Slurm; null: sbatch's answer was not written down.</summary>
    public int? Id { get; set; }

    /// <summary>How it ended, if a later try was made; else null.</summary>
    public SlurmEntry? End { get; set; }
}

/// <summary>What the journal says of each job.</summary>
public sealed class SlurmHistory
{
    private readonly Dictionary<string, List<SlurmTry>> _jobs = new(StringComparer.Ordinal);

    private SlurmHistory() { }

    /// <summary>Reads it.</summary>
    public static SlurmHistory Of(IEnumerable<SlurmEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var history = new SlurmHistory();
        foreach (var entry in entries)
        {
            history.Add(entry);
        }

        return history;
    }

    /// <summary>Whether anything was submitted.</summary>
    public bool IsEmpty => _jobs.Count == 0;

    /// <summary>The submissions of a job, oldest first; the last one may have no number yet.</summary>
    public IReadOnlyList<SlurmTry> Of(string job) => _jobs.TryGetValue(job, out var tries) ? tries : [];

    /// <summary>The last submission of a job, or null.</summary>
    public SlurmTry? Last(string job) => Of(job) is [.., var last] ? last : null;

    /// <summary>The jobs of which it is not known whether they were submitted.</summary>
    public IEnumerable<string> Doubtful => _jobs.Where(j => j.Value is [.., { Id: null }]).Select(j => j.Key);

    /// <summary>Takes back the last submission of a job: it was none.</summary>
    internal void Forget(string job) => Add(new SlurmEntry(default, SlurmStep.Refused, job, 0));

    private void Add(SlurmEntry entry)
    {
        var tries = _jobs.TryGetValue(entry.Job, out var known) ? known : _jobs[entry.Job] = new List<SlurmTry>(1);
        switch (entry.Step)
        {
            case SlurmStep.Begun when tries is [.., { Id: null }]:
                tries[^1] = new SlurmTry(entry.Attempt, entry.At);
                break;
            case SlurmStep.Begun:
                tries.Add(new SlurmTry(entry.Attempt, entry.At));
                break;
            case SlurmStep.Submitted or SlurmStep.Found:
                if (tries is [] or [.., { Id: not null }])
                {
                    tries.Add(new SlurmTry(entry.Attempt, entry.At));
                }

                tries[^1].Id = entry.Id;
                break;
            case SlurmStep.Refused when tries is [.., { Id: null }]:
                tries.RemoveAt(tries.Count - 1);
                break;
            case SlurmStep.Ended when tries.FindLast(t => t.Id == entry.Id) is { } ended:
                ended.End = entry;
                break;
            default:
                break;
        }

        if (tries.Count == 0)
        {
            _ = _jobs.Remove(entry.Job);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_jobs.Count} jobs");
}
