using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;

namespace Outsource.Operator.Analyze;

/// <summary>
/// The files of one attempt of a job: Pegasus' record of it (<c>NODE.out.001</c>) and its wrapper's output (<c>NODE.err.001</c>); without a
/// number while the attempt has no result, for example while it is held.
/// </summary>
public sealed partial record JobRecord
{
    private const int Kept = 8;

    /// <summary>Raw lines: secrets are hidden when they are shown, and only one of thousands of equal ones is shown.</summary>
    private Queue<string> _words = [];

    /// <summary>Exit code of the program; negative: ended by that signal; null: it was not run, or this is not recorded.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The payload's own error message, or null.</summary>
    public string? Cause { get; private set; }

    /// <summary>Maximum memory of the program, MB, or null.</summary>
    public long? MemoryMb { get; private set; }

    /// <summary>The machine, or null.</summary>
    public string? Host { get; private set; }

    /// <summary>GLIDEIN_Site of the machine, as the wrapper says it at its start; or null.</summary>
    public string? Site { get; private set; }

    /// <summary>The last part of the wrapper's work that was reached: <c>Staging out output files</c>; null without a wrapper.</summary>
    public string? Phase { get; private set; }

    /// <summary>The last lines of the program's standard error, or else of the wrapper's.</summary>
    public IReadOnlyList<string> LastWords => [.. _words.Select(UntrustedText.Shown)];

    /// <summary>Reads an attempt, or null if it left no files.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="node">Path of the node's files without their endings.</param>
    /// <param name="attempt">Its number; null: the one without a result.</param>
    public static JobRecord? Read(IFileSystem disk, string node, int? attempt)
    {
        var ending = attempt is { } number ? string.Create(CultureInfo.InvariantCulture, $".{number:D3}") : "";
        var (output, error) = ($"{node}.out{ending}", $"{node}.err{ending}");
        if (!disk.File.Exists(output) && !disk.File.Exists(error))
        {
            return null;
        }

        var record = new JobRecord();
        var (program, said) = record.ReadOut(disk, output);
        var wrapper = record.ReadErr(disk, error);

        // If the program failed, its own output counts: afterwards the wrapper only reports missing outputs.
        record._words =
            program.Count > 0 ? program
            : record.ExitCode is not (null or 0) ? said
            : wrapper;
        return record;
    }

    private (Queue<string> Error, Queue<string> Out) ReadOut(IFileSystem disk, string path)
    {
        var (words, said) = (new Queue<string>(), new Queue<string>());
        var record = new ProgramRecord();
        bool? plain = null;
        foreach (var line in LogText.EndsIfAny(disk, path))
        {
            // A batch system without Pegasus' record leaves what the program printed, and nothing else.
            plain ??= !ProgramRecord.Begins(line) && line.Length > 0 && line[0] is not (' ' or '[' or '-');
            if (plain == true)
            {
                Data("stdout", line, words, said);
            }
            else if (record.Take(line) is { } printed)
            {
                Data(record.Section, printed, words, said);
            }
            else if (Value().Match(line) is { Success: true } value)
            {
                Take(value.Groups["key"].Value, value.Groups["value"].Value, record);
            }
        }

        return (words, said);
    }

    private void Take(string key, string value, ProgramRecord record)
    {
        switch (key)
        {
            case "regular_exitcode" when record.IsMain && int.TryParse(value, CultureInfo.InvariantCulture, out var code):
                ExitCode = code;
                break;
            case "signalled" when record.IsMain && int.TryParse(value, CultureInfo.InvariantCulture, out var signal):
                ExitCode = -signal;
                break;
            case "maxrss" when record.IsMain && long.TryParse(value, CultureInfo.InvariantCulture, out var kb):
                MemoryMb = Math.Max(MemoryMb ?? 0, (kb + 1023) / 1024);
                break;
            case "uname_nodename" or "hostname":
                Host ??= value.Trim('"');
                break;
            default:
                break;
        }
    }

    private void Data(string? stream, string line, Queue<string> words, Queue<string> said)
    {
        const string Summary = "outsource-summary ";
        if (stream == "stderr" && line.Length > 0)
        {
            Keep(words, line);
        }
        else if (stream == "stdout" && line.StartsWith(Summary, StringComparison.Ordinal))
        {
            try
            {
                using var json = JsonDocument.Parse(line[Summary.Length..]);
                Cause =
                    json.RootElement.TryGetProperty("cause", out var cause) && cause.GetString() is { Length: > 0 } text
                        ? UntrustedText.Shown(text)
                        : Cause;
                ExitCode = json.RootElement.TryGetProperty("exit", out var exit) && exit.TryGetInt32(out var code) ? code : ExitCode;
                MemoryMb =
                    json.RootElement.TryGetProperty("peak_memory_mb", out var peak) && peak.TryGetDouble(out var mb)
                        ? (long)Math.Ceiling(mb)
                        : MemoryMb;
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // A line that was cut off is skipped.
            }
        }
        else if (stream == "stdout" && line.Length > 0)
        {
            Keep(said, line);
        }
    }

    private Queue<string> ReadErr(IFileSystem disk, string path)
    {
        var words = new Queue<string>();
        foreach (var line in LogText.EndsIfAny(disk, path))
        {
            if (line.StartsWith('#') && PhaseLine().Match(line) is { Success: true } phase)
            {
                Phase = phase.Groups["what"].Value;
            }
            else if (line.Trim().Length > 0)
            {
                Site ??= SiteIn(line);
                Keep(words, line.TrimEnd());
            }
        }

        return words;
    }

    /// <summary>
    /// The site in a line of PegasusLite, <c>Executing on host n1 GLIDEIN_Site=A GLIDEIN_ResourceName=B</c>; null: it is another line, or
    /// the name is none that a job can be kept away from.
    /// </summary>
    public static string? SiteIn(string line) =>
        SiteWord().Match(line) is { Success: true } match ? match.Groups["site"].Value : null;

    private static void Keep(Queue<string> words, string line)
    {
        words.Enqueue(line);
        if (words.Count > Kept)
        {
            words.Dequeue();
        }
    }

    [GeneratedRegex(
        @"^ {2,6}(?<key>regular_exitcode|signalled|maxrss|uname_nodename|hostname): (?<value>\S+)\s*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Value();

    [GeneratedRegex(
        @"Executing on .*\bGLIDEIN_Site=(?<site>[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}?)(?: GLIDEIN_ResourceName=.*)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex SiteWord();

    [GeneratedRegex(@"^#{10,} ?(?:\[Pegasus Lite\] ?)?(?<what>[A-Za-z][^#\[\]]*?) ?#{10,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PhaseLine();
}
