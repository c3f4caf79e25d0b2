using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Model.Tables;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;

namespace Outsource.PlanChunks;

/// <summary>The groups of a plan by type (docs/domain.md §8).</summary>
/// <param name="loaded">The configuration.</param>
/// <param name="profile">Changes to the built-in sites.</param>
internal sealed class TypePlanner(LoadedConfiguration loaded, SiteProfile profile) : IGroupPlanner
{
    private readonly JobRequirements _requirements = new(loaded.Settings, loaded.Tables);
    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Resources Job, Resources? Combine)> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<ImmutableArray<string>, Places> _places = [];

    private const int MostPlaces = 10_000;

    /// <inheritdoc/>
    public string? DatasetOf(LedgerLine line) => loaded.Tables.DataTypes[line.Type].Chunked ? line.Input!.Did! : null;

    /// <inheritdoc/>
    public RunGroups Plan(IReadOnlyList<LedgerLine> run, IReadOnlyDictionary<string, DatasetAnswer> listings)
    {
        var groups = ImmutableArray.CreateBuilder<JobGroup>();
        var refused = ImmutableArray.CreateBuilder<(string, Verdict)>();
        var made = new List<DataType>();
        foreach (var line in run)
        {
            var type = loaded.Tables.DataTypes[line.Type];
            if (Refuse(line, type, made, listings) is { } verdict)
            {
                refused.Add((line.Type, verdict));
            }
            else
            {
                groups.Add(Group(line, type, made, listings));
                made.Add(type);
            }
        }

        return new RunGroups(groups.ToImmutable(), refused.ToImmutable());
    }

    private static Verdict? Refuse(LedgerLine line, DataType type, List<DataType> made, IReadOnlyDictionary<string, DatasetAnswer> listings)
    {
        if (line.Input!.Kind == InputKind.Workflow && made.All(m => m.Name != type.MadeFrom))
        {
            return new Verdict(Reason.ParentMissing, $"{type.MadeFrom} is not made in this workflow");
        }

        return type.Chunked ? Unusable(line.Input.Did!, "Rucio", listings) : null;
    }

    /// <summary>Why a raw dataset cannot be divided into jobs; null: it can.</summary>
    /// <param name="did">The dataset.</param>
    /// <param name="source">Who listed it, for people.</param>
    /// <param name="listings">DID → what was said.</param>
    internal static Verdict? Unusable(string did, string source, IReadOnlyDictionary<string, DatasetAnswer> listings) =>
        listings[did] switch
        {
            { Error: { } error } => new Verdict(Reason.ListingNotAnswered, error),
            { Files: null } => new Verdict(Reason.DidUnknown, $"{source} does not know {did}"),
            { Files: { Chunks: 0 } files } => new Verdict(
                Reason.NoChunks,
                files.Metadata > 0 ? $"{did} contains only its metadata, no chunk file" : $"{did} contains no files"
            ),
            _ => null,
        };

    private JobGroup Group(LedgerLine line, DataType type, List<DataType> made, IReadOnlyDictionary<string, DatasetAnswer> listings)
    {
        var settings = loaded.Settings;
        var input = line.Input!;
        var listing = type.Chunked ? listings[input.Did!].Files : null;

        // Only a job that reads its own input runs at the sites of an RSE. A job that also makes the type in between may run long, and
        // stays near.
        var places = PlacesOf(input.Kind is InputKind.Raw or InputKind.Stored ? input.Rses : []);
        var (job, combine) = ResourcesOf(type);
        return new JobGroup
        {
            Run = line.Run!.Value,
            Type = type.Name,
            JobName = type.JobName,
            Chunks = listing?.Chunks ?? 0,
            ChunksPerJob = type.Chunked ? settings.ChunksOfTypeJob : 0,
            Resources = job,
            CombineResources = combine,
            Requirements = places.Requirements,
            CombineRequirements = type.Chunked ? _requirements.Combine : null,
            DesiredSites = type.Chunked ? places.DesiredSites : null,
            Rank = type.Chunked ? places.Rank : null,
            Input = input,
            InputBytes = input.Kind == InputKind.Workflow ? null : listing?.Bytes ?? (input.SizeMb is { } mb ? (long)(mb * 1e6) : null),
            Parents = [.. made.Where(m => m.Name == type.MadeFrom || type.After.Contains(m.Name)).Select(m => m.Name)],
            Hashes = HashesOf(type),
        };
    }

    private Places PlacesOf(ImmutableArray<string> rses)
    {
        // The same list is the same object in nearly all lines.
        if (!_places.TryGetValue(rses, out var places))
        {
            places = new Places(_requirements.For(rses), _requirements.DesiredSites(rses), _requirements.Rank(rses));
            if (_places.Count < MostPlaces)
            {
                _places[rses] = places;
            }
        }

        return places;
    }

    private (Resources Job, Resources? Combine) ResourcesOf(DataType type)
    {
        if (!_resources.TryGetValue(type.Name, out var asked))
        {
            var settings = loaded.Settings;
            asked = (profile.Asked(type.RequestedBy(settings)), type.Chunked ? profile.Asked(settings.Combine) : null);
            _resources[type.Name] = asked;
        }

        return asked;
    }

    private ImmutableSortedDictionary<string, string> HashesOf(DataType type) =>
        _hashes.TryGetValue(type.Name, out var hashes)
            ? hashes
            : _hashes[type.Name] = type.Stores.ToImmutableSortedDictionary(
                stored => stored,
                stored => loaded.Context.Hashes[stored],
                StringComparer.Ordinal
            );

    /// <summary>Where jobs that read from some RSEs run.</summary>
    private sealed record Places(string Requirements, string DesiredSites, string? Rank);
}
