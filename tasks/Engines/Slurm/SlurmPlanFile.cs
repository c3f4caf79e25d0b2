using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm;

/// <summary><c>slurm/plan.jsonl</c>: a head with a seal, then one job a line; a job comes after those it depends on.</summary>
public static class SlurmPlanFile
{
    public const string Schema = "outsource/slurm-plan/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder };

    /// <summary>The first line.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="fingerprint">Of the workflow, as its first lines have it.</param>
    public static string Head(string workflow, string? fingerprint) =>
        Line(json =>
        {
            json.WriteString("schema", Schema);
            json.WriteString(Seal.Key, Seal.Blank);
            json.WriteString("workflow", workflow);
            json.WriteString("fingerprint", fingerprint);
        });

    /// <summary>The line of a job.</summary>
    public static string LineOf(SlurmPlanJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Line(json =>
        {
            json.WriteString("name", job.Name);
            json.WriteString("id", job.Id);
            json.WriteString("level", job.Level);
            json.WriteNumber("run", job.Run);
            if (job.Group is { } group)
            {
                json.WriteNumber("group", group);
            }

            Write(json, "dependencies", job.Dependencies);
            json.WriteNumber("cores", job.Cores);
            json.WriteStartArray("attempts");
            foreach (var attempt in job.Attempts)
            {
                json.WriteStartObject();
                json.WriteNumber("memory", attempt.MemoryMb);
                json.WriteNumber("hours", Math.Round(attempt.Hours, 6));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("log", job.Log);
            Write(json, "arguments", job.Arguments);
            Write(json, "inputs", job.Inputs);
            Write(json, "outputs", [.. job.Outputs.Where(o => !o.StageOut).Select(o => o.Name)]);
            Write(json, "results", [.. job.Outputs.Where(o => o.StageOut).Select(o => o.Name)]);
        });
    }

    /// <summary>SHA-256 of a line, lower-case hex.</summary>
    public static string DigestOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    /// <summary>The jobs, one at a time. The seal is checked first.</summary>
    /// <exception cref="OutsourceException">It is not what the planner wrote.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<SlurmPlanJob> Read(IFileSystem disk, string path)
    {
        if (!Seal.Holds(disk, path))
        {
            throw Damaged(path, "its seal does not match: lines of it were lost, doubled or changed since it was written");
        }

        return BoundedText.Statements(disk, path).Skip(1).Where(l => l.Length > 0).Select(line => Parse(path, line));
    }

    private static SlurmPlanJob Parse(string path, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var job = json.RootElement;
            ImmutableArray<string> Texts(string key) => [.. job.GetProperty(key).EnumerateArray().Select(e => e.GetString()!)];
            return new SlurmPlanJob(
                job.GetProperty("name").GetString()!,
                job.GetProperty("id").GetString()!,
                job.GetProperty("level").GetString()!,
                job.GetProperty("run").GetInt32()
            )
            {
                Group = job.TryGetProperty("group", out var group) ? group.GetInt32() : null,
                Dependencies = Texts("dependencies"),
                Cores = job.GetProperty("cores").GetInt32(),
                Attempts =
                [
                    .. job.GetProperty("attempts")
                        .EnumerateArray()
                        .Select(a => new SlurmRequest(a.GetProperty("memory").GetInt64(), a.GetProperty("hours").GetDouble())),
                ],
                Log = job.GetProperty("log").GetString()!,
                Arguments = Texts("arguments"),
                Inputs = Texts("inputs"),
                Outputs =
                [
                    .. Texts("outputs").Select(o => new SlurmOutput(o, false)),
                    .. Texts("results").Select(o => new SlurmOutput(o, true)),
                ],
                Digest = DigestOf(line),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(path, $"a line is not of a job ({error.Message.TrimEnd('.')})");
        }
    }

    private static OutsourceException Damaged(string path, string why) =>
        new($"'{path}' cannot be used: {why}. The stage PegasusPlan writes it: run it again.");

    private static void Write(Utf8JsonWriter json, string key, ImmutableArray<string> values)
    {
        json.WriteStartArray(key);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
