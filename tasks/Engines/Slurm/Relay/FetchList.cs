using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>
/// <c>fetch.jsonl</c> in a workflow's outputs folder: a head with a seal, then one line for each file that the staging site has, by name.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="outputs">The outputs folder. Absolute.</param>
public sealed class FetchList(IFileSystem disk, string outputs)
{
    public const string FileName = "fetch.jsonl",
        Schema = "outsource/fetch/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(outputs, FileName);

    /// <summary>Writes it.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="addresses">What was listed.</param>
    /// <param name="files">The files, by name.</param>
    public void Write(string workflow, ImmutableArray<string> addresses, IEnumerable<FetchedFile> files)
    {
        using var file = AtomicFile.Create(disk, Path);
        using var writer = new JsonLineWriter(file.Stream, Readable);
        var json = writer.Json;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("workflow", workflow);
        json.WriteStartArray("addresses");
        foreach (var address in addresses)
        {
            json.WriteStringValue(UntrustedText.Shown(address));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        writer.EndLine();
        foreach (var line in files)
        {
            json.WriteStartObject();
            json.WriteString("name", line.Name);
            json.WriteNumber("bytes", line.Bytes);
            json.WriteString("adler32", line.Adler32);
            json.WriteString("state", Word(line.State));
            if (line.Why is { } why)
            {
                json.WriteString("why", why);
            }

            json.WriteEndObject();
            writer.EndLine();
        }

        writer.Complete();
        Seal.Close(file.Stream);
        file.Commit();
    }

    /// <summary>Files whose copy was compared with the site: name → bytes and Adler-32; without a usable list none.</summary>
    public ImmutableDictionary<string, (long Bytes, string Adler32)> Compared()
    {
        var known = ImmutableDictionary.CreateBuilder<string, (long, string)>(StringComparer.Ordinal);
        try
        {
            if (!disk.File.Exists(Path) || !Seal.Holds(disk, Path))
            {
                return known.ToImmutable();
            }

            foreach (var line in BoundedText.Statements(disk, Path).Skip(1).Where(l => l.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                var root = json.RootElement;
                if (root.GetProperty("state").GetString() != Word(FetchState.Failed) && root.GetProperty("adler32").GetString() is { } sum)
                {
                    known[root.GetProperty("name").GetString()!] = (root.GetProperty("bytes").GetInt64(), sum);
                }
            }
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or IOException or OutsourceException)
        {
            // Then all files are compared again.
            known.Clear();
        }

        return known.ToImmutable();
    }

    /// <summary>The word of a state.</summary>
    public static string Word(FetchState state) =>
        state switch
        {
            FetchState.Fetched => "fetched",
            FetchState.There => "there",
            FetchState.Failed => "failed",
        };
}
