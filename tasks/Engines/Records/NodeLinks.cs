namespace Outsource.Engines.Records;

/// <summary>For each node the numbers of others.</summary>
/// <param name="ends">Where each node's part of <paramref name="others"/> ends.</param>
/// <param name="others">The others of all nodes, one after the other.</param>
internal sealed class NodeLinks(int[] ends, int[] others)
{
    /// <summary>The others of a node.</summary>
    public ReadOnlySpan<int> Of(int node)
    {
        var from = node == 0 ? 0 : ends[node - 1];
        return others.AsSpan(from, ends[node] - from);
    }

    /// <summary>The same links from their other ends.</summary>
    public NodeLinks Turned()
    {
        var from = new int[ends.Length];
        foreach (var other in others)
        {
            from[other]++;
        }

        for (int i = 0, sum = 0; i < from.Length; i++)
        {
            (from[i], sum) = (sum, sum + from[i]);
        }

        var turned = new int[others.Length];
        for (var node = 0; node < ends.Length; node++)
        {
            foreach (var other in Of(node))
            {
                turned[from[other]++] = node;
            }
        }

        return new NodeLinks(from, turned);
    }

    public void Save(CacheWriter cache)
    {
        cache.Add<int>(ends);
        cache.Add<int>(others);
    }

    /// <summary>Takes it from a cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="count">How many nodes there are.</param>
    public static NodeLinks Load(CacheReader cache, int count)
    {
        var (ends, others) = (cache.Next<int>(), cache.Next<int>());
        return
            ends.Length == count
            && (count == 0 ? 0 : ends[^1]) == others.Length
            && (others.Length == 0 || !others.AsSpan().ContainsAnyExceptInRange(0, count - 1))
            ? new NodeLinks(ends, others)
            : throw new InvalidDataException("links");
    }
}
