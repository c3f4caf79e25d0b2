using System.IO.Abstractions;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Build.Hosting;

/// <summary>One line of JSON about a call of the program, for the log of a timer: <c>--log=FILE</c>.</summary>
/// <param name="Began">When it began, UTC.</param>
/// <param name="Target">Its target.</param>
public sealed record CallLog(DateTimeOffset Began, string Target)
{
    public const string Schema = "outsource/call/1";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset Ended { get; init; }

    public int ExitCode { get; init; }

    /// <summary>The workflow, if it is known by then.</summary>
    public string? Workflow { get; init; }

    /// <summary>What ended it, or null.</summary>
    public string? Message { get; init; }

    /// <summary>Whether there was nothing to do.</summary>
    public bool NothingToDo { get; init; }

    /// <summary>The line, without its end.</summary>
    public string Line =>
        JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["schema"] = Schema,
                ["began"] = Time(Began),
                ["ended"] = Time(Ended),
                ["target"] = Target,
                ["workflow"] = Workflow,
                ["result"] = NothingToDo ? "nothing-to-do" : ExitCode switch
                {
                    ExitCodes.Done => "done",
                    ExitCodes.Cancelled => "stopped",
                    _ => "failed",
                },
                ["exit"] = ExitCode,
                ["message"] = Message is null ? null : UntrustedText.Shown(Message),
            },
            Readable
        );

    /// <summary>Adds the line to a file, which only its owner can read if it is new.</summary>
    /// <returns>Why it could not be written, or null.</returns>
    public string? AppendTo(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        try
        {
            using var stream = OwnedFile.Open(disk, path, FileMode.OpenOrCreate);
            _ = stream.Seek(0, SeekOrigin.End);
            stream.Write(Encoding.UTF8.GetBytes(Line + "\n"));
            return null;
        }
        catch (UsageException link)
        {
            return link.Message.TrimEnd('.');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be written: {DiskFault.Why(error, path)}";
        }
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
