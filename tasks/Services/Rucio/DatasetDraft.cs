using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;

namespace Outsource.Services.Rucio;

/// <summary>A dataset while the answers about it are put together.</summary>
/// <param name="did">The dataset.</param>
internal sealed partial class DatasetDraft(string did)
{
    private const string MetadataEnd = "-metadata.json";

    private static readonly StoredReplica Readable = new(StoredReplica.Available);

    private readonly Dictionary<string, StoredFile> _files = new(StringComparer.Ordinal);
    private readonly List<StoredRule> _rules = [];
    private readonly DatasetListing _names = new(did, ListedFiles.Counted);

    /// <summary>Files so far.</summary>
    public int Files => _files.Count;

    /// <summary>Whether the source tells its rules.</summary>
    public bool TellsRules { get; set; } = true;

    /// <summary>Forgets the files: they are listed again.</summary>
    public void Clear() => _files.Clear();

    /// <summary>Forgets the rules: they are told again.</summary>
    public void ClearRules() => _rules.Clear();

    /// <summary>Takes a file of the catalogue.</summary>
    public void AddFile(JsonElement file)
    {
        var name = file.GetProperty("name").GetString()!;
        _names.Add(name, BytesOf(file), TextOf(file, "scope"));
        _files.TryAdd(name, new StoredFile(BytesOf(file), AdlerOf(file)));
    }

    /// <summary>Takes a file of a listing of replicas.</summary>
    /// <returns>Whether the catalogue has it too.</returns>
    public bool AddReplicas(JsonElement file)
    {
        var name = file.GetProperty("name").GetString()!;
        if (!_files.TryGetValue(name, out var known))
        {
            return false;
        }

        _files[name] = known with
        {
            Replicas = StatesOf(file),
            ReplicaBytes = BytesOf(file),
            ReplicaAdler32 = AdlerOf(file),
            Addresses = name.EndsWith(MetadataEnd, StringComparison.Ordinal) ? AddressesOf(file) : [],
        };
        return true;
    }

    /// <summary>Takes a rule, or the lock that a rule has put on the dataset at an RSE.</summary>
    public void AddRule(JsonElement rule) =>
        _rules.Add(
            new StoredRule(
                TextOf(rule, "rse") ?? TextOf(rule, "rse_expression") ?? "",
                StateOf(TextOf(rule, "state")),
                TextOf(rule, "rule_id") ?? TextOf(rule, "id") ?? ""
            )
        );

    /// <summary>The dataset.</summary>
    public StoredDataset Done() =>
        _files.Count == 0
            ? StoredDataset.Nothing
            : new StoredDataset
            {
                Files = _files,
                Rules = TellsRules ? _rules : null,
                Foreign = _names.Contradiction,
            };

    /// <summary>RSE → state; a server without <c>states</c> lists what is available.</summary>
    private static ImmutableDictionary<string, StoredReplica> StatesOf(JsonElement file)
    {
        var isTold = file.TryGetProperty("states", out var states) && states.ValueKind == JsonValueKind.Object;
        return isTold
                ? states.EnumerateObject().ToImmutableDictionary(s => s.Name, s => ReplicaOf(s.Value), StringComparer.Ordinal)
            : file.TryGetProperty("rses", out var rses) && rses.ValueKind == JsonValueKind.Object
                ? rses.EnumerateObject().ToImmutableDictionary(r => r.Name, _ => Readable, StringComparer.Ordinal)
            : ImmutableDictionary<string, StoredReplica>.Empty;
    }

    /// <summary>Older servers write the letter of the database: A, C, U, …</summary>
    private static StoredReplica ReplicaOf(JsonElement state) =>
        new(
            state.GetString() switch
            {
                "A" or StoredReplica.Available => StoredReplica.Available,
                { } other => UntrustedText.Brief(other, 40),
                null => "unknown",
            }
        );

    private static ImmutableArray<(string Rse, string Address)> AddressesOf(JsonElement file) =>
        file.TryGetProperty("rses", out var rses) && rses.ValueKind == JsonValueKind.Object
            ?
            [
                .. rses.EnumerateObject()
                    .Where(r => r.Value.ValueKind == JsonValueKind.Array)
                    .SelectMany(r => r.Value.EnumerateArray().Select(a => (r.Name, a.GetString() ?? "")))
                    .Where(a => a.Item2.Length is > 0 and < 2000),
            ]
            : [];

    private static RuleState StateOf(string? state) =>
        state switch
        {
            "OK" or "O" => RuleState.Ok,
            "REPLICATING" or "R" => RuleState.Replicating,
            "STUCK" or "S" => RuleState.Stuck,
            _ => RuleState.Other,
        };

    internal static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? BytesOf(JsonElement file) =>
        file.TryGetProperty("bytes", out var bytes) && bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out var size)
            ? size
            : null;

    /// <summary>Some servers leave out zeros at the beginning.</summary>
    private static string? AdlerOf(JsonElement file) =>
        TextOf(file, "adler32") is { } sum && Sum().IsMatch(sum) ? sum.ToLowerInvariant().PadLeft(8, '0') : null;

    [GeneratedRegex(@"\A[0-9A-Fa-f]{1,8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sum();
}
