using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Run documents from a file, as <c>--save-snapshot</c> or a database export leaves them (<c>rundb = file:PATH</c>).</summary>
public sealed class SnapshotRunSource(IFileSystem disk, string path) : IRunSource
{
    /// <summary>
    /// The schema in the first line of a snapshot that we saved ourselves: our own records follow, faults of the source included.
    /// </summary>
    public const string Schema = "outsource/snapshot/1";

    private readonly JsonLines _file = new(disk, path, "run snapshot");
    private long _documents;

    public string Name => new SourceChoice.Snapshot(path).ToString();

    public QueryCost Cost => new(_documents, _file.Bytes);

    public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var reader = new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes);
        var readable = 0L;
        foreach (var piece in _file.Documents())
        {
            cancel.ThrowIfCancellationRequested();
            if (_documents == 0 && IsHeader(piece.Json.Span))
            {
                reader = new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes) { ReadsRecords = true };
                continue;
            }

            _documents++;
            var run = reader.Read(piece.Json.Span, piece.Position);
            readable += run.Fault?.Reason is Reason.NotJson or Reason.NotADocument ? 0 : 1;
            if (scope.Takes(run))
            {
                yield return run;
            }
        }

        if (_documents > 0 && readable == 0)
        {
            throw new UsageException(
                $"run snapshot '{path}' contains no run document: none of its {_documents} lines is a JSON object. It must be a JSON "
                    + "array or JSON lines (one document a line), plain or gzip."
            );
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> json) =>
        json.Length < 1024 && json.IndexOf("\"outsource/snapshot/1\""u8) is > 0 and < 32;
}
