using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;
using Outsource.Services.RunDb;

namespace Outsource.Services.Snapshots;

/// <summary>
/// Writes every document it gives to a snapshot; asks for entries of every type, so that the snapshot can answer other questions too.
/// </summary>
internal sealed class RecordedRuns(IRunSource source, IFileSystem disk, string path) : WrappedRunSource(source)
{
    public override async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var lines = new SortedLines<int>(disk, path);
        using var text = new MemoryStream();
        using var json = RunRecords.Writer(text);
        await foreach (var run in Source.QueryAsync(scope with { AllTypes = true }, cancel).ConfigureAwait(false))
        {
            text.SetLength(0);
            json.Reset();
            RunRecords.Write(json, run);
            await json.FlushAsync(cancel).ConfigureAwait(false);
            text.WriteByte((byte)'\n');
            lines.Add(run.Number ?? int.MaxValue, text.GetBuffer().AsSpan(0, (int)text.Length));
            yield return scope.AllTypes ? run : run with { Data = Wanted(run.Data, scope) };
        }

        lines.Commit(Header(Name));
    }

    private static ImmutableArray<DataEntry> Wanted(ImmutableArray<DataEntry> data, RunScope scope) =>
        [.. data.Where(e => e.Type is not null && scope.DataTypes.Contains(e.Type))];

    private static byte[] Header(string source)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, SnapshotFolder.Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", SnapshotRunSource.Schema);
            json.WriteString("source", source);
            json.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        return text.ToArray();
    }
}
