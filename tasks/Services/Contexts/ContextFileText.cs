using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Services.Contexts;

/// <summary>
/// The documents of a context file: one, a JSON array of them, JSON lines (one document a line), or the RunDB's answer as it was saved.
/// </summary>
internal static class ContextFileText
{
    /// <summary>More documents than any collection of contexts has; each has up to thousands of hashes.</summary>
    public const int MostDocuments = 10_000;

    /// <summary>Reads every document, in order.</summary>
    /// <typeparam name="T">What a document is read as.</typeparam>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="most">Most bytes it may have.</param>
    /// <param name="comments">Whether comments and commas too many are taken.</param>
    /// <param name="read">Reads one: its JSON, its name in faults, where its faults go. Null: it is left out, or has a fault.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="UsageException">A document is not valid, all faults together; or the file is not JSON.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static List<T> Read<T>(
        IFileSystem disk,
        string path,
        long most,
        JsonCommentHandling comments,
        Func<JsonElement, string, ICollection<Fault>, T?> read
    )
        where T : class
    {
        var options = new JsonReaderOptions { CommentHandling = comments, AllowTrailingCommas = comments == JsonCommentHandling.Skip };
        ReadOnlyMemory<byte> bytes = BoundedText.ReadBytes(disk, path, most);
        var text = bytes[(bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0)..];
        text = PythonNumbers.Replaced(text.Span) ?? text;
        var values = Cut(text.Span, path, options);
        var (found, faults) = (new List<T>(), new List<Fault>());
        var number = 0;
        foreach (var value in values)
        {
            // A file of one value is not JSON lines: there the line of its begin says nothing.
            int? line = values.Count > 1 ? value.Line : null;
            try
            {
                using var json = JsonDocument.Parse(
                    text.Slice(value.Start, value.Length),
                    new JsonDocumentOptions { CommentHandling = comments, AllowTrailingCommas = options.AllowTrailingCommas }
                );
                var documents = Documents(json.RootElement);
                var several = values.Count > 1 || documents.Count > 1;
                if (number + documents.Count > MostDocuments)
                {
                    throw new UsageException([TooMany(path, line)]);
                }

                foreach (var document in documents)
                {
                    number++;
                    var own = new List<Fault>();
                    if (read(document, several ? $"context document {number}" : "the context document", own) is { } done)
                    {
                        found.Add(done);
                    }

                    faults.AddRange(own.Select(f => f with { Line = f.Line ?? line }));
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // A text that is half a character is found when it is read, without a line.
                throw NotJson(path, line);
            }
        }

        return faults.Count == 0 ? found : throw new UsageException(faults);
    }

    /// <summary>The values that follow one another, and the lines where they begin, from 1.</summary>
    private static List<Value> Cut(ReadOnlySpan<byte> text, string path, JsonReaderOptions options)
    {
        var values = new List<Value>();
        var reader = new Utf8JsonReader(text, options with { AllowMultipleValues = true });
        var (line, counted) = (1, 0);
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                line += text[counted..start].Count((byte)'\n');
                counted = start;
                if (values.Count == MostDocuments)
                {
                    throw new UsageException([TooMany(path, line)]);
                }

                reader.Skip();
                values.Add(new Value(start, (int)reader.BytesConsumed - start, line));
            }
        }
        catch (JsonException error)
        {
            throw NotJson(path, (int?)error.LineNumber + 1);
        }

        return values.Count > 0 ? values : throw NotJson(path, 1);
    }

    private static List<JsonElement> Documents(JsonElement root)
    {
        if (
            root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("results", out var answer)
            && answer.ValueKind is (JsonValueKind.Object or JsonValueKind.Array)
        )
        {
            // The RunDB's answer as it was saved.
            root = answer;
        }

        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
    }

    private static Fault TooMany(string path, int? line) =>
        new($"there are more than {MostDocuments} documents. Name a file with those of your context only.", path, line);

    private static UsageException NotJson(string path, int? line) =>
        new([
            new Fault(
                "this is not JSON. A context file contains one document, a JSON array of documents, or JSON lines (one document a line).",
                path,
                line
            ),
        ]);

    /// <summary>A value of the file.</summary>
    private readonly record struct Value(int Start, int Length, int Line);
}
