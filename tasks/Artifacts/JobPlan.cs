using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>Sums over a plan, for one job name or for all.</summary>
/// <param name="Jobs">Jobs.</param>
/// <param name="Cores">Requested cores of all jobs together.</param>
/// <param name="MemoryMb">Requested MB of all jobs together.</param>
/// <param name="DiskKb">Requested KB of all jobs together.</param>
public sealed record JobSums(long Jobs, long Cores, long MemoryMb, long DiskKb)
{
    /// <summary>The least that one job requests.</summary>
    public required Resources Least { get; init; }

    /// <summary>The most that one job requests; data types that share a job name may differ.</summary>
    public required Resources Most { get; init; }
}

/// <summary>
/// The artifact of PlanChunks: <c>plan.jsonl</c> with one line per job group, ascending by run and depth, and <c>plan.yml</c> with the
/// totals.
/// </summary>
public sealed record JobPlan
{
    public const string FileName = "plan.jsonl",
        TotalsFile = "plan.yml",
        Schema = "outsource/plan/1";

    private static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>Fingerprint of its inputs.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Seal of the file with what could not be planned (<see cref="UnplannedFile"/>); empty where that is nothing.</summary>
    public string Unplanned { get; init; } = "";

    public required ImmutableArray<JobGroup> Groups { get; init; }

    /// <summary>Runs with at least one job.</summary>
    public int Runs => Groups.Select(g => g.Run).Distinct().Count();

    public long Jobs => Groups.Sum(g => (long)g.Jobs);

    /// <summary>Requested cores of all jobs together.</summary>
    public long Cores =>
        Groups.Sum(g => g.Level is { } l ? ((long)g.ProcessingJobs * l.Cores) + (g.Chunked ? l.CombineCores : 0) : g.Jobs);

    public long Chunks => Groups.Sum(g => (long)g.Chunks);

    /// <summary>Bytes that jobs read from RSEs, as far as known; at most the largest number.</summary>
    public long InputBytes => Bounded(Groups.Aggregate(Int128.Zero, (sum, g) => sum + (g.InputBytes ?? 0)));

    /// <summary>Groups whose input size is unknown.</summary>
    public int GroupsOfUnknownSize => Groups.Count(g => g.InputBytes is null && g.Input.Kind != InputKind.Workflow);

    /// <summary>
    /// Detector → the data kinds of what its jobs store for which <c>levels.yml</c> has no disk. Detectors without such a kind are left
    /// out.
    /// </summary>
    /// <param name="levels">The levels of the plan.</param>
    public ImmutableSortedDictionary<string, ImmutableSortedSet<string>> KindsWithoutDisk(LevelContext levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return Groups
            .Where(g => g.Level is not null)
            .GroupBy(g => g.Level!.Detector, StringComparer.Ordinal)
            .Select(d => (Detector: d.Key, Kinds: levels.KindsWithoutDisk(d.Key, d.SelectMany(g => g.Hashes.Keys))))
            .Where(d => d.Kinds.Count > 0)
            .ToImmutableSortedDictionary(d => d.Detector, d => d.Kinds, StringComparer.Ordinal);
    }

    /// <summary>Sums per job name, in order of names.</summary>
    public ImmutableSortedDictionary<string, JobSums> PerJobName
    {
        get
        {
            var sums = new SortedDictionary<string, JobSums>(StringComparer.Ordinal);
            foreach (var group in Groups)
            {
                if (group.Level is { } level)
                {
                    foreach (var each in level.PerJob)
                    {
                        Add(sums, group.JobName, 1, level.Cores, each);
                    }
                }
                else
                {
                    Add(sums, group.JobName, group.ProcessingJobs, 1, group.Resources);
                }

                if (group.CombineResources is { } combine)
                {
                    Add(sums, group.CombineName, 1, group.Level?.CombineCores ?? 1, combine);
                }
            }

            return sums.ToImmutableSortedDictionary(StringComparer.Ordinal);
        }
    }

    private static void Add(SortedDictionary<string, JobSums> sums, string name, long jobs, int cores, Resources each)
    {
        var old = sums.GetValueOrDefault(name, new JobSums(0, 0, 0, 0) { Least = each, Most = each });
        sums[name] = new JobSums(
            old.Jobs + jobs,
            old.Cores + (jobs * cores),
            Bounded(old.MemoryMb + ((Int128)jobs * each.MemoryMb)),
            Bounded(old.DiskKb + ((Int128)jobs * each.DiskKb))
        )
        {
            Least = new Resources(Math.Min(old.Least.MemoryMb, each.MemoryMb), Math.Min(old.Least.DiskKb, each.DiskKb)),
            Most = new Resources(Math.Max(old.Most.MemoryMb, each.MemoryMb), Math.Max(old.Most.DiskKb, each.DiskKb)),
        };
    }

    private static long Bounded(Int128 sum) => (long)Int128.Min(sum, long.MaxValue);

    /// <summary>Writes both files.</summary>
    public void Write(IFileSystem disk, string folder, LoadedConfiguration loaded)
    {
        using var file = AtomicFile.Create(disk, Path.Combine(folder, FileName));
        WriteLines(file.Stream, loaded);
        Seal.Close(file.Stream);
        file.Commit();
        AtomicFile.WriteText(disk, Path.Combine(folder, TotalsFile), Totals(loaded));
    }

    private void WriteLines(Stream stream, LoadedConfiguration loaded)
    {
        using var writer = new JsonLineWriter(stream, Options);
        var json = writer.Json;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("fingerprint", Fingerprint);
        json.WriteString("image_proof", loaded.ProofWord);
        if (loaded.Levels is { Description.Assumed: true })
        {
            json.WriteString("tree", "assumed");
        }

        json.WriteString("unplanned", Unplanned);
        json.WriteNumber("groups", Groups.Length);
        json.WriteEndObject();
        writer.EndLine();
        var attempts = loaded.Levels is null ? null : new PlannedAttempts(loaded.Settings);
        var texts = new RecurringTexts(Options.Encoder!);
        foreach (var group in Groups)
        {
            JobGroupLine.Write(json, group, attempts, texts);
            writer.EndLine();
        }

        writer.Complete();
    }

    /// <summary>
    /// Seal of the <see cref="UnplannedFile"/> that belongs to the plan in a folder; null: all was planned, or there is no plan that can be
    /// read (its own reader says so).
    /// </summary>
    public static string? UnplannedOf(IFileSystem disk, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(BoundedText.FirstLine(disk, path));
            return json.RootElement.TryGetProperty("unplanned", out var seal) && seal.GetString() is { Length: > 0 } named ? named : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or OutsourceException)
        {
            return null;
        }
    }

    /// <summary>Reads the plan back.</summary>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public static JobPlan Read(IFileSystem disk, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!Seal.Holds(disk, path))
        {
            throw Broken.Artifact(path, nameof(Target.PlanChunks));
        }

        try
        {
            string? fingerprint = null;
            var unplanned = "";
            var groups = ImmutableArray.CreateBuilder<JobGroup>();
            var reader = new JobGroupLine.Reader();
            foreach (var piece in new JsonLines(disk, path, "artifact").Documents())
            {
                using var json = JsonDocument.Parse(piece.Json);
                if (fingerprint is not null)
                {
                    groups.Add(reader.Read(json.RootElement));
                }
                else if (json.RootElement.GetProperty("schema").GetString() == Schema)
                {
                    fingerprint = json.RootElement.GetProperty("fingerprint").GetString()!;
                    unplanned = json.RootElement.TryGetProperty("unplanned", out var seal) ? seal.GetString()! : "";
                }
                else
                {
                    break;
                }
            }

            if (fingerprint is not null)
            {
                return new JobPlan
                {
                    Fingerprint = fingerprint,
                    Unplanned = unplanned,
                    Groups = groups.DrainToImmutable(),
                };
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Reported below: the remedy is the same for every error.
        }

        throw new OutsourceException(
            $"'{path}' is not an artifact of this version ({Schema}). Run --target=PlanChunks again.",
            ExitCodes.Usage
        );
    }

    private string Totals(LoadedConfiguration loaded)
    {
        var text = new System.Text.StringBuilder();
        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
        Line($"schema: {Schema}");
        Line($"fingerprint: {Fingerprint}");
        Line($"name: {YamlText.Quote(loaded.Settings.Name)}");
        Line($"context: {YamlText.Quote(loaded.Settings.Context)}");
        Line($"image: {YamlText.Quote(loaded.Settings.Image.Path)}");
        Line($"image_proof: {loaded.ProofWord}");
        if (loaded.Levels is { } levels)
        {
            Line($"plan: by-level");
            Line($"tree: {(levels.Description.Assumed ? "assumed" : "described")}");
            Line($"context_description: {YamlText.Quote(levels.Description.Digest ?? "none")}");
            if (KindsWithoutDisk(levels) is { Count: > 0 } without)
            {
                Line($"kinds_without_disk:");
                foreach (var (detector, kinds) in without)
                {
                    Line($"  {detector}: [{string.Join(", ", kinds.Select(YamlText.Quote))}]");
                }
            }
        }

        Line($"runs: {Runs}");
        Line($"jobs: {Jobs}");
        Line($"chunks: {Chunks}");
        Line($"cores: {Cores}");
        Line($"input_bytes: {InputBytes}");
        Line($"groups_of_unknown_size: {GroupsOfUnknownSize}");
        Line($"job_names:");
        foreach (var (name, sums) in PerJobName)
        {
            Line($"  {name}: {{jobs: {sums.Jobs}, cores: {sums.Cores}, memory_mb: {sums.MemoryMb}, disk_kb: {sums.DiskKb}}}");
        }

        return text.ToString();
    }
}
