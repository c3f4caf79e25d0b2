using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.QueryRuns;

/// <summary>
/// Asks a run source for every run in scope and writes them as <c>runs.jsonl</c>, ascending. Documents are processed one by one: they are
/// written unsorted to a temporary file, of which only number, position and length are kept in memory, and then copied in order to the
/// artifact.
/// </summary>
public sealed class RunQuery(IFileSystem disk, IOperatorLog messages)
{
    /// <summary>The scope that the settings request.</summary>
    public static RunScope Scope(LoadedConfiguration loaded)
    {
        var settings = loaded.Settings;
        return new RunScope(
            settings.LowestRun,
            settings.HighestRun,
            settings.Runs,
            loaded.Levels?.Relevant ?? OfTypes(loaded)
        )
        {
            FirstStart = settings.Since?.First,
            LastStart = settings.Until?.Last,
        };
    }

    private static ImmutableHashSet<string> OfTypes(LoadedConfiguration loaded)
    {
        var types = loaded.Settings.DataTypes.Select(name => loaded.Tables.DataTypes[name]).ToList();
        return [.. types.SelectMany(t => t.Stores), .. types.Select(t => t.MadeFrom), .. types.Select(loaded.Tables.RawTypeOf)];
    }

    /// <summary>Everything in the settings on which the query depends.</summary>
    public static string FingerprintOf(LoadedConfiguration loaded)
    {
        var scope = Scope(loaded);
        return Fingerprint.Of(
            RunsArtifact.Schema,
            loaded.Settings.RunDb + Fingerprint.List(loaded.Settings.LocalData),
            $"{scope.Lowest}",
            $"{scope.Highest}",
            $"{scope.FirstStart:O}",
            $"{scope.LastStart:O}",
            Fingerprint.List(scope.Runs?.Cast<object>()),
            Fingerprint.List(scope.DataTypes.Order(StringComparer.Ordinal)),
            loaded.Settings.RunDb is SourceChoice.Rest ? DecidedByListing(loaded) : null
        );
    }

    /// <summary>Over REST, a run that its listing excludes is not fetched: other rules may need more of its document.</summary>
    private static string DecidedByListing(LoadedConfiguration loaded)
    {
        var s = loaded.Settings;
        return Fingerprint.Of(
            $"{s.MinRunNumber}",
            s.Detector,
            Fingerprint.List(s.Modes),
            Fingerprint.List(s.ExcludeModes),
            Fingerprint.List(s.Sources),
            SettingsFingerprint.Lists(s),
            Fingerprint.List(loaded.Tables.ExcludingTags)
        );
    }

    /// <summary>Runs the query, and writes the artifact.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="source">The source to ask.</param>
    /// <param name="folder">Folder of the artifacts.</param>
    /// <param name="cancel">Cancels it; no partial artifact remains.</param>
    public async Task<RunsArtifact> RunAsync(LoadedConfiguration loaded, IRunSource source, string folder, CancellationToken cancel)
    {
        var scope = Scope(loaded);
        var path = Path.Combine(folder, RunsArtifact.FileName);
        var index = new List<Entry>();
        using var unsorted = AtomicFile.Create(disk, path);
        using (var progress = new QueryProgress(messages, source, scope))
        {
            using var lines = new JsonLineWriter(unsorted.Stream, RunRecords.Options);
            void Keep(RunDocument run)
            {
                var begin = lines.Length;
                RunRecords.Write(lines.Json, run);
                lines.EndLine();
                var end = lines.Length;
                index.Add(new Entry(run.Number ?? int.MaxValue, begin, (int)(end - begin), run.Number is not null));
            }

            await foreach (var run in source.QueryAsync(scope, cancel).ConfigureAwait(false))
            {
                Keep(run);
                progress.Keep();
            }

            foreach (var number in Unknown(scope, index))
            {
                Keep(
                    new RunDocument
                    {
                        Number = number,
                        Fault = new DocumentFault(Reason.RunUnknown, $"{source.Name} has no run {number}"),
                    }
                );
            }

            lines.Complete();
        }

        index.Sort((a, b) => a.Number != b.Number ? a.Number.CompareTo(b.Number) : a.Offset.CompareTo(b.Offset));
        var cost = source.Cost;
        return Arrange(
            unsorted.Stream,
            index,
            path,
            new RunsHeader(FingerprintOf(loaded), source.Name, loaded.Settings.Clock, 0, cost.Documents, cost.Bytes, loaded.ProofWord),
            cancel
        );
    }

    private static ImmutableArray<int> Unknown(RunScope scope, List<Entry> index)
    {
        var found = index.Where(e => e.Known).Select(e => e.Number).ToHashSet();
        return scope.Runs is { } runs ? [.. runs.Where(number => !found.Contains(number))] : [];
    }

    /// <summary>Writes the documents in order. Of two documents of one run, equal ones become one; different ones are an error.</summary>
    private RunsArtifact Arrange(Stream unsorted, List<Entry> index, string path, RunsHeader header, CancellationToken cancel)
    {
        var lines = new List<(Entry Entry, bool Contradicted)>(index.Count);
        foreach (var entry in index)
        {
            if (entry.Known && lines.Count > 0 && lines[^1].Entry.Number == entry.Number && lines[^1].Entry.Known)
            {
                var same = !lines[^1].Contradicted && Read(unsorted, lines[^1].Entry).AsSpan().SequenceEqual(Read(unsorted, entry));
                lines[^1] = (lines[^1].Entry, !same);
                continue;
            }

            lines.Add((entry, false));
        }

        header = header with { Runs = lines.Count };
        using var sorted = AtomicFile.Create(disk, path);
        RunsArtifact.WriteHeader(sorted.Stream, header);
        var buffer = new byte[1 << 16];
        using var progress = messages.Progress("run documents put in order", lines.Count);
        foreach (var (entry, contradicted) in progress.Over(lines))
        {
            cancel.ThrowIfCancellationRequested();
            if (contradicted)
            {
                WriteContradiction(sorted.Stream, entry.Number);
                continue;
            }

            // Seeking discards the buffer of the stream, so it happens only where the order requires it.
            if (unsorted.Position != entry.Offset)
            {
                unsorted.Position = entry.Offset;
            }

            for (var left = entry.Length; left > 0;)
            {
                var part = Math.Min(left, buffer.Length);
                unsorted.ReadExactly(buffer, 0, part);
                sorted.Stream.Write(buffer, 0, part);
                left -= part;
            }
        }

        Seal.Close(sorted.Stream);
        sorted.Commit();
        return new RunsArtifact(path, header);
    }

    private static void WriteContradiction(Stream stream, int number)
    {
        using (var json = RunRecords.Writer(stream))
        {
            RunRecords.Write(
                json,
                new RunDocument
                {
                    Number = number,
                    Fault = new DocumentFault(
                        Reason.TwoDocuments,
                        $"the source has two different documents of run {number}"
                    ),
                }
            );
        }

        stream.WriteByte((byte)'\n');
    }

    private static byte[] Read(Stream stream, Entry entry)
    {
        var bytes = new byte[entry.Length];
        stream.Position = entry.Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private readonly record struct Entry(int Number, long Offset, int Length, bool Known);
}
