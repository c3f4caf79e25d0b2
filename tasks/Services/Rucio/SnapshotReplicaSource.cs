using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Reconciling;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>
/// Datasets with replicas and rules from a snapshot of JSON lines (<c>rucio = file:PATH</c>), plain or gzip: <c>{"did", "name",
/// "bytes"}</c> as a listing has them, with <c>adler32</c>, <c>states</c> (RSE → state) and <c>rses</c> (RSE → addresses) as a listing of
/// replicas has them; a line <c>{"did", "rule_id", "rse", "state"}</c> is a rule. A snapshot whose lines have no states says only what is
/// registered, so nothing in it is available.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file. Absolute.</param>
public sealed class SnapshotReplicaSource(IFileSystem disk, string path) : IReplicaSource
{
    private readonly Lock _gate = new();
    private Dictionary<string, StoredDataset>? _datasets;

    public string Name => new SourceChoice.Snapshot(path).ToString();

    public int AtOnce => 1000;

    public Task<IReadOnlyDictionary<string, StoredDataset>> AskAsync(IReadOnlyList<string> dids, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dids);
        lock (_gate)
        {
            _datasets ??= Read(cancel);
            return Task.FromResult<IReadOnlyDictionary<string, StoredDataset>>(
                dids.ToDictionary(d => d, d => _datasets.GetValueOrDefault(d, StoredDataset.Nothing), StringComparer.Ordinal)
            );
        }
    }

    private Dictionary<string, StoredDataset> Read(CancellationToken cancel)
    {
        var drafts = new Dictionary<string, DatasetDraft>(StringComparer.Ordinal);
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var tellsRules = false;
        try
        {
            foreach (var piece in new JsonLines(disk, path, "Rucio snapshot").Documents())
            {
                cancel.ThrowIfCancellationRequested();
                using var json = JsonDocument.Parse(piece.Json);
                var line = json.RootElement;
                if (DatasetDraft.TextOf(line, "did") is not { } did || !did.Contains(':', StringComparison.Ordinal))
                {
                    throw new FormatException("a line has no 'did'");
                }

                if (DatasetDraft.TextOf(line, "error") is { } error)
                {
                    faults[did] = error;
                }

                var draft = drafts.TryGetValue(did, out var known) ? known : drafts[did] = new DatasetDraft(did);
                if (DatasetDraft.TextOf(line, "rule_id") is not null)
                {
                    tellsRules = true;
                    draft.AddRule(line);
                }
                else if (DatasetDraft.TextOf(line, "name") is not null)
                {
                    draft.AddFile(line);
                    draft.AddReplicas(line);
                }
            }
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw new UsageException(
                $"Rucio snapshot '{path}' is not valid for a comparison: {error.Message.TrimEnd('.')}. It must be JSON lines with did, "
                    + "name and bytes, as --save-snapshot writes them; docs/reconcile.md says what may be in a line besides."
            );
        }

        return drafts.ToDictionary(
            d => d.Key,
            d =>
            {
                d.Value.TellsRules = tellsRules;
                return faults.TryGetValue(d.Key, out var fault) ? new StoredDataset { Fault = fault } : d.Value.Done();
            },
            StringComparer.Ordinal
        );
    }
}
