using System.Collections.Immutable;

namespace Outsource.Model.Contexts;

/// <summary>
/// The plugins of a context as strax sees them. <em>Order</em> is that of strax (<c>Context.tree_levels</c>, strax 2.2.3): by level, then
/// by class, then by the place among the types of the plugin.
/// </summary>
public sealed class DependencyTree
{
    // Asked for every run: plain dictionaries answer several times faster than immutable ones. They are not changed once the tree is made.
    private readonly Dictionary<string, ContextPlugin> _plugins;
    private readonly Dictionary<string, ContextType> _types;
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);

    private DependencyTree(Dictionary<string, ContextPlugin> plugins, Dictionary<string, ContextType> types, ImmutableArray<string> order)
    {
        _plugins = plugins;
        _types = types;
        Order = order;
        for (var at = 0; at < order.Length; at++)
        {
            _order.Add(order[at], at);
        }
    }

    /// <summary>All types, in the order of strax.</summary>
    public ImmutableArray<string> Order { get; }

    /// <summary>The number of plugins.</summary>
    public int Plugins => _plugins.Values.Distinct().Count();

    /// <summary>Types that are made from nothing: raw data.</summary>
    public IEnumerable<string> Roots => Order.Where(IsRoot);

    /// <summary>Makes the tree.</summary>
    /// <param name="plugins">The plugins.</param>
    /// <param name="types">Their types.</param>
    /// <param name="wrong">What is wrong, a clause each; then the result is null.</param>
    public static DependencyTree? Of(
        IReadOnlyCollection<ContextPlugin> plugins,
        IReadOnlyDictionary<string, ContextType> types,
        out ImmutableArray<string> wrong
    )
    {
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentNullException.ThrowIfNull(types);
        var faults = ImmutableArray.CreateBuilder<string>();
        var byType = new Dictionary<string, ContextPlugin>(StringComparer.Ordinal);
        foreach (var (plugin, type) in plugins.SelectMany(p => p.Provides.Select(t => (p, t))))
        {
            if (!byType.TryAdd(type, plugin))
            {
                faults.Add($"'{type}' is made by two plugins, {byType[type].Class} and {plugin.Class}");
            }
        }

        foreach (var (plugin, need) in plugins.SelectMany(p => p.DependsOn.Select(d => (p, d))))
        {
            if (!byType.ContainsKey(need))
            {
                faults.Add($"{plugin.Class} depends on '{need}', which no plugin makes");
            }
        }

        var levels = faults.Count == 0 ? Levels(byType, faults) : [];
        wrong = faults.ToImmutable();
        if (faults.Count > 0)
        {
            return null;
        }

        var order = byType
            .OrderBy(p => levels[p.Key])
            .ThenBy(p => p.Value.Class, StringComparer.Ordinal)
            .ThenBy(p => p.Value.Provides.IndexOf(p.Key))
            .Select(p => p.Key);
        return new DependencyTree(byType, new(types, StringComparer.Ordinal), [.. order]);
    }

    /// <summary>Whether the context registers a type.</summary>
    public bool Knows(string type) => _types.ContainsKey(type);

    /// <summary>A type that is registered.</summary>
    public ContextType this[string type] => _types[type];

    /// <summary>Lineage hash of a type; null: the context does not have it, or does not say.</summary>
    public string? HashOf(string type) => _types.GetValueOrDefault(type)?.Hash;

    /// <summary>The plugin that makes a type.</summary>
    public ContextPlugin PluginOf(string type) => _plugins[type];

    /// <summary>Whether it is made from nothing.</summary>
    public bool IsRoot(string type) => _plugins[type].DependsOn.IsEmpty;

    /// <summary>Types in the order of strax.</summary>
    public ImmutableArray<string> Ordered(IEnumerable<string> types) => [.. types.Distinct(StringComparer.Ordinal).OrderBy(t => _order[t])];

    /// <summary>What a type is made from, directly or not, without what is made beside it.</summary>
    public ImmutableHashSet<string> Ancestors(string type) => Reach(_plugins[type].DependsOn, t => _plugins[t].DependsOn);

    /// <summary>What strax touches on the way to some types: them, what they are made from, and what is made beside any of it.</summary>
    public ImmutableHashSet<string> Closure(IEnumerable<string> types) =>
        Reach(types, t => _plugins[t].DependsOn.Concat(_plugins[t].Provides));

    /// <summary>What strax stores on the way to some types without being asked: what is always stored, without raw data.</summary>
    public ImmutableHashSet<string> Stored(IEnumerable<string> types) =>
        [.. Closure(types).Where(t => _types[t].SaveWhen == SaveWhen.Always && !IsRoot(t))];

    /// <summary>
    /// What some types are read from: down from them to the first types that are there, or to raw data, which belong to the answer. Types
    /// on the way that are not there do not.
    /// </summary>
    /// <param name="types">The types that are made.</param>
    /// <param name="isThere">Whether a type can be read.</param>
    public IReadOnlySet<string> Below(IEnumerable<string> types, Func<string, bool> isThere)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(types);
        while (open.TryPop(out var type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            foreach (var need in _plugins[type].DependsOn)
            {
                if (IsRoot(need) || isThere(need))
                {
                    read.Add(need);
                }
                else
                {
                    open.Push(need);
                }
            }
        }

        return read;
    }

    /// <summary>The same tree with the hashes that a document of the context has.</summary>
    public DependencyTree WithHashes(IReadOnlyDictionary<string, string> hashes)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        return With(hashes.Where(h => Knows(h.Key)).Select(h => this[h.Key] with { Hash = h.Value }));
    }

    /// <summary>The same tree with some types that are stored whenever they are made.</summary>
    public DependencyTree WithAlwaysStored(IReadOnlySet<string> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var changed = types.Where(t => Knows(t) && this[t].SaveWhen != SaveWhen.Always).ToList();
        return changed.Count == 0 ? this : With(changed.Select(t => this[t] with { SaveWhen = SaveWhen.Always }));
    }

    private DependencyTree With(IEnumerable<ContextType> changed)
    {
        var types = new Dictionary<string, ContextType>(_types, StringComparer.Ordinal);
        foreach (var type in changed)
        {
            types[type.Name] = type;
        }

        return new DependencyTree(_plugins, types, Order);
    }

    private static ImmutableHashSet<string> Reach(IEnumerable<string> from, Func<string, IEnumerable<string>> next)
    {
        var found = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var open = new Stack<string>(from);
        while (open.TryPop(out var type))
        {
            if (found.Add(type))
            {
                foreach (var other in next(type))
                {
                    open.Push(other);
                }
            }
        }

        return found.ToImmutable();
    }

    /// <summary>
    /// Type → its level: 0 for a root, else one more than the highest level of what it depends on. Without recursion: the document is not
    /// ours, and a long chain must not use up the stack.
    /// </summary>
    private static Dictionary<string, int> Levels(Dictionary<string, ContextPlugin> plugins, ImmutableArray<string>.Builder faults)
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        var waiting = plugins.ToDictionary(p => p.Key, p => p.Value.DependsOn.Distinct().Count(), StringComparer.Ordinal);
        var users = plugins
            .SelectMany(p => p.Value.DependsOn.Distinct().Select(d => (Need: d, User: p.Key)))
            .ToLookup(u => u.Need, u => u.User, StringComparer.Ordinal);
        var ready = new Queue<string>(waiting.Where(w => w.Value == 0).Select(w => w.Key));
        while (ready.TryDequeue(out var type))
        {
            levels[type] = plugins[type].DependsOn.Select(d => levels[d] + 1).DefaultIfEmpty(0).Max();
            foreach (var user in users[type])
            {
                if (--waiting[user] == 0)
                {
                    ready.Enqueue(user);
                }
            }
        }

        if (levels.Count < plugins.Count)
        {
            var circle = plugins.Keys.Where(t => !levels.ContainsKey(t)).Order(StringComparer.Ordinal);
            faults.Add($"these types depend on each other in a circle: {string.Join(", ", circle.Take(10))}");
        }

        return levels;
    }
}
