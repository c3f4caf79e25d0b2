using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Files;

/// <summary>A small artifact with keys of one level: a text, a number, a list of texts, or nothing.</summary>
public static class YamlFile
{
    /// <summary>Writes the artifact, keys in the order given.</summary>
    public static void Write(IFileSystem disk, string path, params IEnumerable<(string Key, object? Value)> entries)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in entries)
        {
            text.Append(key)
                .Append(": ")
                .Append(
                    value switch
                    {
                        null => "null",
                        bool flag => flag ? "true" : "false",
                        int or long => Convert.ToString(value, CultureInfo.InvariantCulture),
                        double number => number.ToString("0.0", CultureInfo.InvariantCulture),
                        DateTimeOffset time => YamlText.Quote(
                            time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                        ),
                        IEnumerable<string> list => $"[{string.Join(", ", list.Select(YamlText.Quote))}]",
                        _ => key == "schema" ? value.ToString() : YamlText.Quote(value.ToString()!),
                    }
                )
                .Append('\n');
        }

        AtomicFile.WriteText(disk, path, Seal.OfYaml(text.ToString()));
    }

    /// <summary>Reads it: key → text; null for nothing.</summary>
    /// <exception cref="OutsourceException">It is not valid, or of another schema.</exception>
    public static ImmutableDictionary<string, string?> Read(IFileSystem disk, string path, string schema)
    {
        var entries = YamlReader
            .Root(disk, path)
            .Entries.Where(e => e.Value is YamlScalar)
            .ToImmutableDictionary(e => e.Name, e => e.Value.IsNull ? null : e.Value.ToString());
        return entries.GetValueOrDefault("schema") == schema
            ? entries
            : throw new OutsourceException(
                $"'{path}' is not a valid {schema} file: it was changed by hand, or written by another version. Delete it and "
                    + "rerun the stage that writes it."
            );
    }
}
