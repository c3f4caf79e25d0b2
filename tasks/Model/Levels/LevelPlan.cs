using System.Collections.Immutable;
using Outsource.Model.Contexts;

namespace Outsource.Model.Levels;

/// <summary>Why a level stores a type.</summary>
public enum StoredBecause
{
    /// <summary>It was asked for.</summary>
    Asked,

    /// <summary>It belongs to the lower level, which is made as a whole.</summary>
    OfLevel,

    /// <summary>Another type is made from it, and strax always stores it.</summary>
    OnTheWay,

    /// <summary>A plugin makes it together with another type, and strax always stores it.</summary>
    Together,
}

/// <summary>A type that a level stores.</summary>
/// <param name="Type">The type.</param>
/// <param name="Because">Why.</param>
/// <param name="Of">The type that it is made for, or with; null: it was asked for.</param>
/// <param name="IsMade">Whether the job asks strax for it; else it is stored beside such a type.</param>
public sealed record StoredType(ContextType Type, StoredBecause Because, string? Of, bool IsMade);

/// <summary>One level of a detector.</summary>
/// <param name="Types">What the level is for.</param>
/// <param name="Stored">What it stores, in the order of strax.</param>
public sealed record Level(ImmutableArray<string> Types, ImmutableArray<StoredType> Stored)
{
    /// <summary>What the job asks strax for, in this order.</summary>
    public IEnumerable<string> Makes => Stored.Where(s => s.IsMade).Select(s => s.Type.Name);

    /// <summary>Whether it stores nothing.</summary>
    public bool IsEmpty => Stored.IsEmpty;

    /// <summary>The names of what it stores, in the order of strax.</summary>
    public ImmutableArray<string> Names { get; } = [.. Stored.Select(s => s.Type.Name)];

    /// <summary>The names of what it stores.</summary>
    public IReadOnlySet<string> StoredNames { get; } = Stored.Select(s => s.Type.Name).ToHashSet(StringComparer.Ordinal);
}

/// <summary>A type that was asked for and is not stored under its own name, or not at all.</summary>
/// <param name="Type">The type.</param>
/// <param name="Why">A clause.</param>
public sealed record NotStored(string Type, string Why);

/// <summary>Whether types are made from parts of the chunks.</summary>
public enum PartLevel
{
    /// <summary>The per-chunk types are.</summary>
    Made,

    /// <summary>None is (<c>no_per_chunk</c>): all that is asked for belongs to the upper level.</summary>
    None,
}

/// <summary>
/// The levels of one detector: the lower is made from parts of the chunks and always as a whole, the upper from the whole run. What is
/// stored on the way comes from the dependency tree.
/// </summary>
/// <param name="Detector">The detector.</param>
/// <param name="Lower">Empty, if the detector has none or no type is asked for.</param>
/// <param name="Upper">Empty, if no type of it is asked for.</param>
/// <param name="NotStored">Types that were asked for, and are not stored.</param>
public sealed record LevelPlan(DetectorLevels Detector, Level Lower, Level Upper, ImmutableArray<NotStored> NotStored)
{
    private static readonly Level None = new([], []);

    /// <summary>Makes the levels.</summary>
    /// <param name="tree">The context's plugins.</param>
    /// <param name="table">The table of levels.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="asked">The types that are asked for, of any detector; one with a leading <c>+</c> is stored also if strax stores it
    /// only if told.</param>
    /// <param name="mode">The mode of the run, or null: any that is no LED mode.</param>
    /// <param name="parts">Whether there is a lower level at all.</param>
    public static LevelPlan Of(
        DependencyTree tree,
        LevelTable table,
        DetectorLevels detector,
        IReadOnlyCollection<string> asked,
        string? mode,
        PartLevel parts = PartLevel.Made
    )
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(asked);
        var explicitly = asked.Where(a => a.StartsWith('+')).Select(a => a[1..]).ToHashSet(StringComparer.Ordinal);
        var named = asked.Select(a => a.TrimStart('+')).ToHashSet(StringComparer.Ordinal);
        var own = detector.Possible.Where(named.Contains).ToList();
        var notStored = own.Where(t => !tree.Knows(t)).Select(t => new NotStored(t, "this context does not have it")).ToList();
        own = [.. own.Where(tree.Knows).Where(t => table.FitsMode(t, mode))];
        if (own.Count == 0)
        {
            return new LevelPlan(detector, None, None, [.. notStored]);
        }

        var perChunk = parts == PartLevel.Made ? detector.Lower.Where(tree.Knows).ToList() : [];
        var lower = perChunk.Where(t => table.FitsMode(t, mode)).ToList();
        var upper = own.Except(lower, StringComparer.Ordinal).ToList();
        var below = tree.Stored(lower);
        var above = tree.Stored(upper).Except(tree.Stored(perChunk)).Union(upper.Where(t => IsStoredIfAsked(tree[t], explicitly)));
        notStored.AddRange(upper.Where(t => !above.Contains(t)).Select(t => new NotStored(t, WhyNot(tree, t))));
        return new LevelPlan(
            detector,
            Make(tree, lower, below, named, []),
            Make(tree, upper, above, named, [.. tree.Ordered(lower.SelectMany(t => tree.Ancestors(t).Add(t)))]),
            [.. notStored]
        );
    }

    private static bool IsStoredIfAsked(ContextType type, HashSet<string> explicitly) =>
        type.SaveWhen == SaveWhen.Target || (type.SaveWhen == SaveWhen.Explicit && explicitly.Contains(type.Name));

    private static string WhyNot(DependencyTree tree, string type) =>
        tree[type].SaveWhen switch
        {
            SaveWhen.Explicit => $"it only joins other types, which are stored: {string.Join(", ", tree.PluginOf(type).DependsOn)}. "
                + $"+{type} stores it too",
            SaveWhen.Never => "strax never stores it",
            SaveWhen.Target or SaveWhen.Always => "the lower level stores it",
        };

    private static Level Make(
        DependencyTree tree,
        List<string> types,
        ImmutableHashSet<string> stored,
        HashSet<string> asked,
        ImmutableHashSet<string> madeBelow
    )
    {
        var needed = types.SelectMany(t => tree.Ancestors(t).Add(t)).Where(t => !madeBelow.Contains(t)).ToHashSet(StringComparer.Ordinal);
        var rows = tree.Ordered(stored).Select(name => Row(name, name switch
        {
            _ when asked.Contains(name) => (StoredBecause.Asked, null),
            _ when types.Contains(name) => (StoredBecause.OfLevel, null),
            _ when needed.Contains(name) => (StoredBecause.OnTheWay, types.FirstOrDefault(t => tree.Ancestors(t).Contains(name))),
            _ => (StoredBecause.Together, tree.PluginOf(name).Provides.FirstOrDefault(needed.Contains)),
        }));
        return new Level(tree.Ordered(types), [.. rows]);

        StoredType Row(string name, (StoredBecause Because, string? Of) why) => new(tree[name], why.Because, why.Of, needed.Contains(name));
    }
}
