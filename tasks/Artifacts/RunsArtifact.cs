using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>The first line of <c>runs.jsonl</c>.</summary>
/// <param name="Fingerprint">Fingerprint of the settings of the query.</param>
/// <param name="Source">The source's name.</param>
/// <param name="AskedAt">The time of the query.</param>
/// <param name="Runs">Lines that follow: runs in scope, and requested runs that are unknown.</param>
/// <param name="Documents">Documents read, in scope or not.</param>
/// <param name="Bytes">Bytes read, after decompression.</param>
/// <param name="ImageProof">Whether image and context document were proved to match, as in every artifact.</param>
public sealed record RunsHeader(
    string Fingerprint,
    string Source,
    DateTimeOffset AskedAt,
    int Runs,
    long Documents,
    long Bytes,
    string ImageProof
);

/// <summary>The artifact of QueryRuns: <c>runs.jsonl</c>, candidates ascending by number, documents without a number last.</summary>
public sealed record RunsArtifact(string Path, RunsHeader Header)
{
    public const string FileName = "runs.jsonl",
        Schema = "outsource/runs/1";

    /// <summary>Reads the header.</summary>
    /// <exception cref="OutsourceException">The file is damaged or of another version.</exception>
    public static RunsArtifact Open(IFileSystem disk, string path)
    {
        if (!Seal.Holds(disk, path))
        {
            throw Broken.Artifact(path, nameof(Target.QueryRuns));
        }

        try
        {
            using var json = JsonDocument.Parse(BoundedText.FirstLine(disk, path));
            var root = json.RootElement;
            if (root.GetProperty("schema").GetString() == Schema)
            {
                return new RunsArtifact(
                    path,
                    new RunsHeader(
                        root.GetProperty("fingerprint").GetString()!,
                        root.GetProperty("source").GetString()!,
                        root.GetProperty("asked_at").GetDateTimeOffset(),
                        root.GetProperty("runs").GetInt32(),
                        root.GetProperty("documents").GetInt64(),
                        root.GetProperty("bytes").GetInt64(),
                        root.GetProperty("image_proof").GetString()!
                    )
                );
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Reported below: the remedy is the same for every error.
        }

        throw new OutsourceException(
            $"'{path}' is not an artifact of this version ({Schema}). Run --target=QueryRuns again.",
            ExitCodes.Usage
        );
    }

    /// <summary>All runs of the artifact, as a stream.</summary>
    public IEnumerable<RunDocument> Read(IFileSystem disk)
    {
        var reader = new RunDocumentReader { ReadsRecords = true };
        var header = true;
        foreach (var piece in new JsonLines(disk, Path, "artifact").Documents())
        {
            if (!header)
            {
                yield return ReadLine(reader, piece);
            }

            header = false;
        }
    }

    private RunDocument ReadLine(RunDocumentReader reader, JsonLines.Piece piece)
    {
        try
        {
            return reader.Read(piece.Json.Span, piece.Position);
        }
        catch (FormatException error)
        {
            throw new OutsourceException(
                $"'{Path}', {piece.Position}: {error.Message}. Run --target=QueryRuns again.",
                ExitCodes.Usage,
                error
            );
        }
    }

    /// <summary>Writes the header line.</summary>
    internal static void WriteHeader(Stream stream, RunsHeader header)
    {
        using (var json = RunRecords.Writer(stream))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString(Seal.Key, Seal.Blank);
            json.WriteString("fingerprint", header.Fingerprint);
            json.WriteString("image_proof", header.ImageProof);
            json.WriteString("source", header.Source);
            json.WriteString("asked_at", header.AskedAt.UtcDateTime);
            json.WriteNumber("runs", header.Runs);
            json.WriteNumber("documents", header.Documents);
            json.WriteNumber("bytes", header.Bytes);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
