using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Outsource.Foundation.Files;

/// <summary>
/// A journal: a file of JSON lines, to which one is added before and one after each step of something that must not be done twice.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file. Absolute.</param>
/// <param name="type">How a line is written and read.</param>
internal sealed class JournalLines<T>(IFileSystem disk, string path, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>Adds a line; it is on disk when this returns.</summary>
    public void Append(T entry)
    {
        using var stream = OwnedFile.Open(disk, path, FileMode.OpenOrCreate);

        // An incomplete last line must not be joined with this one.
        var torn = false;
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            torn = stream.ReadByte() != '\n';
        }

        stream.Write(Encoding.UTF8.GetBytes($"{(torn ? "\n" : "")}{JsonSerializer.Serialize(entry, type)}\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>All lines, oldest first. A line that cannot be read was cut off while it was written, so it is left out.</summary>
    public IEnumerable<T> Read()
    {
        foreach (var line in disk.File.Exists(path) ? BoundedText.Lines(disk, path) : [])
        {
            if (Parse(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private T? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
