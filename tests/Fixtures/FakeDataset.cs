using System.Globalization;
using System.Text;

namespace Outsource.Tests.Fixtures;

/// <summary>A dataset with the replicas of its files and its rules, as Rucio's REST interface writes them.</summary>
/// <param name="did">Its DID.</param>
internal sealed class FakeDataset(string did)
{
    private readonly string _scope = did[..did.IndexOf(':')];
    private readonly string _name = did[(did.IndexOf(':') + 1)..];

    /// <summary>Name → bytes and checksum; null: it has none.</summary>
    public SortedDictionary<string, (long Bytes, string? Adler32)> Content { get; } = new(StringComparer.Ordinal);

    /// <summary>RSE → state of the replicas, unless <see cref="States"/> says otherwise.</summary>
    public Dictionary<string, string> At { get; } = [];

    /// <summary>File and RSE → state; null: there is no replica.</summary>
    public Dictionary<(string File, string Rse), string?> States { get; } = [];

    /// <summary>RSE → state of the rule.</summary>
    public Dictionary<string, string> Kept { get; } = [];

    /// <summary>Where copies of the metadata are: a folder; null: nowhere.</summary>
    public string? Folder { get; set; }

    /// <summary>A complete dataset at one RSE, kept by a rule: chunks of 1000 bytes and metadata.</summary>
    public static FakeDataset Complete(string did, int chunks, string rse)
    {
        var dataset = new FakeDataset(did);
        for (var i = 0; i < chunks; i++)
        {
            dataset.Content[$"{dataset._name}-{i:D6}"] = (1000, "0a0b0c0d");
        }

        dataset.Content[dataset._name + "-metadata.json"] = (dataset.Metadata(chunks).Length, Adler(dataset.Metadata(chunks)));
        dataset.At[rse] = "AVAILABLE";
        dataset.Kept[rse] = "OK";
        return dataset;
    }

    /// <summary>Its metadata.</summary>
    public string Metadata(int chunks) =>
        "{\"chunks\": ["
        + string.Join(
            ", ",
            Enumerable.Range(0, chunks).Select(i => $$"""{"chunk_i": {{i}}, "n": 5, "filename": "{{_name}}-{{i:D6}}", "filesize": 1000}""")
        )
        + "]}";

    /// <summary>Lines of a listing of files.</summary>
    public string Files(string more)
    {
        var lines = new StringBuilder();
        foreach (var (file, (bytes, adler)) in Content)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{{{Head(file, bytes, adler)}{more}}}\n");
        }

        return lines.ToString();
    }

    /// <summary>Lines of a listing of replicas: files without one are left out.</summary>
    public string Replicas()
    {
        var lines = new StringBuilder();
        foreach (var (file, (bytes, adler)) in Content)
        {
            var states = At.Select(a => (a.Key, State: States.TryGetValue((file, a.Key), out var own) ? own : a.Value))
                .Where(s => s.State is not null)
                .ToList();
            if (states.Count > 0)
            {
                var addresses = string.Join(", ", states.Select(s => $"\"{s.Key}\": [\"{Address(file)}\"]"));
                var all = string.Join(", ", states.Select(s => $"\"{s.Key}\": \"{s.State}\""));
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"{{{Head(file, bytes, adler)}, \"pfns\": {{}}, \"rses\": {{{addresses}}}, \"states\": {{{all}}}}}\n"
                );
            }
        }

        return lines.ToString();
    }

    /// <summary>Lines of rules, or of the locks that rules have put on the dataset.</summary>
    public string Rules(bool locks) =>
        string.Concat(
            Kept.Select(
                (k, i) =>
                    locks
                        ? $$"""{"scope": "{{_scope}}", "name": "{{_name}}", "rse": "{{k.Key}}", "rule_id": "r{{i}}", "state": "{{k.Value}}"}"""
                        : $$"""{"scope": "{{_scope}}", "name": "{{_name}}", "rse_expression": "{{k.Key}}", "id": "r{{i}}", "state": "{{k.Value}}"}"""
            )
                .Select(l => l + "\n")
        );

    /// <summary>Lines of a snapshot.</summary>
    public string Snapshot() =>
        string.Concat(
            (Replicas() + Rules(locks: true)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => $"{{\"did\": \"{did}\", {l[1..]}\n")
        );

    /// <summary>Adler-32 of a text.</summary>
    public static string Adler(string text)
    {
        var (low, high) = (1u, 0u);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        return ((high << 16) | low).ToString("x8", CultureInfo.InvariantCulture);
    }

    private string Address(string file) => Folder is null ? $"davs://dcache.invalid/{file}" : $"file://{Folder}/{file}";

    private string Head(string file, long bytes, string? adler) =>
        $"\"scope\": \"{_scope}\", \"name\": \"{file}\", \"bytes\": {bytes}, \"adler32\": {(adler is null ? "null" : $"\"{adler}\"")}";
}
