using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>
/// The record of an attempt, <c>NODE.out.NNN</c> and <c>NODE.err.NNN</c>, in the form of pegasus-kickstart and PegasusLite: Analyze and
/// Logs read it.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="machine">Name of this machine.</param>
internal sealed class AttemptRecord(IFileSystem disk, string machine)
{
    /// <summary>Of what a program printed, its beginning and its end are kept, each up to this many characters.</summary>
    private const int Kept = 128 << 10;

    private const string Summary = "outsource-summary ";

    /// <summary>Writes the record of an attempt from what it printed, which is deleted.</summary>
    /// <param name="files">The node's files without their endings.</param>
    /// <param name="run">The attempt.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="code">Exit code of its program, or null: it was not started.</param>
    /// <returns>Most memory that the payload itself says, MB, or null.</returns>
    public long? Write(string files, JobRun run, JobEnd end, int? code)
    {
        var number = run.Ask.Retry;
        while (disk.File.Exists(Name(files, "out", number)) || disk.File.Exists(Name(files, "err", number)))
        {
            number++;
        }

        var (printed, errors) = (Ends($"{files}.out"), Ends($"{files}.err"));
        disk.File.WriteAllText(Name(files, "out", number), Text(run, code, printed, errors));
        disk.File.WriteAllText(Name(files, "err", number), string.Concat(Wrapper(end).Select(w => w + "\n")));
        disk.File.Delete($"{files}.out");
        disk.File.Delete($"{files}.err");
        return PeakOf(printed);
    }

    private static string Name(string files, string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{files}.{kind}.{number:D3}");

    private static IEnumerable<string> Wrapper(JobEnd end)
    {
        const string Rule = "##########";
        yield return $"{Rule} [Outsource local] Setting up the directory of the job {Rule}";
        yield return $"{Rule} [Outsource local] Executing the user task {Rule}";
        if (end.Code == 0 || end.Words.Count > 0)
        {
            yield return $"{Rule} [Outsource local] Staging out output files {Rule}";
        }

        foreach (var word in end.Words)
        {
            yield return word;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"PegasusLite: exitcode {end.Code}");
    }

    private string Text(JobRun run, int? code, IReadOnlyList<string> printed, IReadOnlyList<string> errors)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
        Line($"- invocation: True");
        Line($"  version: 3.0");
        Line($"  start: {run.StartedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");
        Line($"  duration: {(run.EndedAt - run.StartedAt).TotalSeconds:F3}");
        Line($"  hostname: {machine}");
        Line($"  resource: local");
        Line($"  mainjob:");
        Line($"    status:");
        if (code is < 0 and var signal)
        {
            Line($"      signalled: {-signal}");
        }
        else if (code is { } exit)
        {
            Line($"      regular_exitcode: {exit}");
        }

        Line($"    usage:");
        if (run.PeakMemoryKb is { } kb)
        {
            Line($"      maxrss: {kb}");
        }

        Line($"  files:");
        Data(text, "stdout", printed);
        Data(text, "stderr", errors);
        return text.ToString();
    }

    private static void Data(StringBuilder text, string name, IReadOnlyList<string> lines)
    {
        text.Append("    ").Append(name).Append(":\n");
        if (lines.Count == 0)
        {
            return;
        }

        text.Append("      data: |\n");
        foreach (var line in lines)
        {
            text.Append("        ").Append(line).Append('\n');
        }
    }

    private List<string> Ends(string path)
    {
        if (!disk.File.Exists(path))
        {
            return [];
        }

        using var stream = RegularFile.Open(disk, path);
        var length = stream.Length;
        var lines = BoundedText.Lines(new StreamPart(stream, length > 2 * Kept ? Kept : length)).ToList();
        if (length > 2 * Kept)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"({(length - (2 * Kept)) >> 10} KB in the middle are left out)"));
            lines.AddRange(BoundedText.Tail(disk, path, Kept));
        }

        return lines;
    }

    private static long? PeakOf(List<string> printed)
    {
        try
        {
            if (printed.FindLast(l => l.StartsWith(Summary, StringComparison.Ordinal)) is { } line)
            {
                using var json = JsonDocument.Parse(line[Summary.Length..]);
                return json.RootElement.TryGetProperty("peak_memory_mb", out var peak)
                    && peak.TryGetDouble(out var mb)
                    && mb is >= 0 and < 1e9
                    ? (long)Math.Ceiling(mb)
                    : null;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A line that was cut off.
        }

        return null;
    }
}
