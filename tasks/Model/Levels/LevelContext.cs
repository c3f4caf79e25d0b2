using System.Collections.Immutable;
using Outsource.Model.Contexts;

namespace Outsource.Model.Levels;

/// <summary>Which of the two levels.</summary>
public enum LevelKind
{
    /// <summary>From parts of the chunks.</summary>
    Lower,

    /// <summary>From the whole run.</summary>
    Upper,
}

/// <summary>What a plan by level asks of the levels.</summary>
/// <param name="Types">The types that are asked for; one with a leading <c>+</c> is stored also if strax stores it only if told.</param>
/// <param name="Parts">Whether there is a lower level.</param>
/// <param name="AlwaysStored">Types that count as always stored, whatever the context says.</param>
public sealed record LevelRequest(ImmutableArray<string> Types, PartLevel Parts, ImmutableHashSet<string> AlwaysStored);

/// <summary>
/// The levels of a context for what is asked for: what a plan by level knows before it has seen a run. Plans are made once for each
/// detector and LED mode. Not thread safe.
/// </summary>
public sealed class LevelContext
{
    private readonly Dictionary<string, LevelPlan> _plans = new(StringComparer.Ordinal);

    /// <param name="description">The context.</param>
    /// <param name="table">The table of levels.</param>
    /// <param name="request">What is asked for.</param>
    public LevelContext(ContextDescription description, LevelTable table, LevelRequest request)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(request);
        Description = description;
        Table = table;
        Request = request;
        Tree = description.Tree.WithAlwaysStored(request.AlwaysStored);
        Hashes = Tree.Order.Where(t => Tree[t].Hash is not null)
            .ToImmutableSortedDictionary(t => t, t => Tree[t].Hash!, StringComparer.Ordinal);
        var named = Names(request.Types);
        Detectors = [.. table.Detectors.Where(d => d.Possible.Any(named.Contains))];
        Asked = Detectors.ToImmutableSortedDictionary(
            d => d.Name,
            d => InOrder(d.Possible.Where(named.Contains)),
            StringComparer.Ordinal
        );
        Units =
        [
            .. Detectors.SelectMany(UnitsOf),
        ];
    }

    /// <summary>The context.</summary>
    public ContextDescription Description { get; }

    /// <summary>The table of levels.</summary>
    public LevelTable Table { get; }

    /// <summary>What is asked for.</summary>
    public LevelRequest Request { get; }

    /// <summary>The context's plugins.</summary>
    public DependencyTree Tree { get; }

    /// <summary>Lineage hash of each type.</summary>
    public ImmutableSortedDictionary<string, string> Hashes { get; }

    /// <summary>The detectors of which a type is asked for, in the order of the table.</summary>
    public ImmutableArray<DetectorLevels> Detectors { get; }

    /// <summary>Detector → the types asked for, in the order of strax.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Asked { get; }

    /// <summary>What each run gets a line in the ledger of: detector by detector the types asked for, then the levels.</summary>
    public ImmutableArray<string> Units { get; }

    /// <summary>Length of the begin of a detector's runs in which more is stored, in seconds; null: there is none.</summary>
    public double? FirstSecondsOf(DetectorLevels detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return detector.Disk.FirstSecondsOfContext ? Description.FirstSeconds : detector.Disk.FirstSeconds;
    }

    /// <summary>Everything on which plans depend, in one text.</summary>
    public string Fingerprint =>
        string.Join(
            ' ',
            [
                Description.Digest ?? $"assumed {Description.Versions.GetValueOrDefault("straxen")}",
                Table.Fingerprint,
                string.Join(',', Request.Types),
                $"{Request.Parts}",
                string.Join(',', Request.AlwaysStored.Order(StringComparer.Ordinal)),
                string.Join(',', Hashes.Select(h => $"{h.Key}={h.Value}")),
            ]
        );

    /// <summary>The name of a level, which is that of its jobs too: <c>lower_tpc</c>.</summary>
    public static string UnitOf(LevelKind kind, string detector) => $"{(kind == LevelKind.Lower ? "lower" : "upper")}_{detector}";

    /// <summary>The units of a detector: the types asked for, then its levels.</summary>
    public IEnumerable<string> UnitsOf(DetectorLevels detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return Asked[detector.Name].Concat(Kinds(detector).Select(k => UnitOf(k, detector.Name)));
    }

    /// <summary>Everything whose entries in a run document matter: what levels store, what they read, and raw data.</summary>
    public ImmutableHashSet<string> Relevant =>
        [
            .. Detectors.SelectMany(d =>
                Table.LedModes.Keys.Append(null).Select(mode => PlanOf(d, mode)).SelectMany(p =>
                    (string[])
                        [
                            .. p.Lower.StoredNames,
                            .. p.Upper.StoredNames,
                            .. Tree.Below(p.Upper.StoredNames, p.Lower.StoredNames.Contains),
                            d.Raw,
                        ]
                )
            ),
        ];

    /// <summary>The levels of which a detector's runs can have one.</summary>
    public IEnumerable<LevelKind> Kinds(DetectorLevels detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        var hasParts = Request.Parts == PartLevel.Made && detector.Lower.Any(Tree.Knows);
        if (hasParts)
        {
            yield return LevelKind.Lower;
        }

        if (!hasParts || Asked[detector.Name].Any(t => !detector.Lower.Contains(t)))
        {
            yield return LevelKind.Upper;
        }
    }

    /// <summary>The levels of a detector.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="mode">The mode of the run.</param>
    /// <param name="without">Types asked for that cannot be made of this run.</param>
    public LevelPlan PlanOf(DetectorLevels detector, string? mode, IReadOnlyCollection<string>? without = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        var led = mode is not null && Table.LedModes.ContainsKey(mode) ? mode : null;
        var key = $"{detector.Name} {led} {(without is null ? "" : string.Join(',', without))}";
        if (_plans.TryGetValue(key, out var plan))
        {
            return plan;
        }

        var asked = without is { Count: > 0 } ? Request.Types.Where(t => !without.Contains(t.TrimStart('+'))) : Request.Types;
        return _plans[key] = LevelPlan.Of(Tree, Table, detector, [.. asked], led, Request.Parts);
    }

    /// <summary>
    /// The data kinds of stored types for which the table has no disk, ascending: they count as nothing in the prediction of disk.
    /// </summary>
    /// <param name="detector">The detector's name.</param>
    /// <param name="stored">What is stored. Types that the context does not have are left out.</param>
    public ImmutableSortedSet<string> KindsWithoutDisk(string detector, IEnumerable<string> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var disk = Detectors.FirstOrDefault(d => d.Name == detector)?.Disk ?? DetectorDisk.None;
        return stored
            .Distinct(StringComparer.Ordinal)
            .Where(Tree.Knows)
            .Select(t => Tree[t].DataKind)
            .Where(kind => !disk.Kinds.ContainsKey(kind))
            .ToImmutableSortedSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// The raw types, besides the detector's own, from which a type is made when nothing is stored on the way that is not made here.
    /// </summary>
    /// <param name="detector">The detector.</param>
    /// <param name="type">The type.</param>
    /// <param name="isThere">Whether a type is stored, or is made by the lower level.</param>
    public IEnumerable<string> OtherRootsOf(DetectorLevels detector, string type, Func<string, bool> isThere)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return Tree.Below([type], isThere).Where(t => Tree.IsRoot(t) && t != detector.Raw);
    }

    private static HashSet<string> Names(ImmutableArray<string> types) =>
        types.Select(t => t.TrimStart('+')).ToHashSet(StringComparer.Ordinal);

    /// <summary>Types that the context has in its order, then the others in the table's.</summary>
    private ImmutableArray<string> InOrder(IEnumerable<string> types)
    {
        var all = types.ToList();
        return [.. Tree.Ordered(all.Where(Tree.Knows)), .. all.Where(t => !Tree.Knows(t))];
    }
}
