using System.Numerics;
using System.Security.Cryptography;

namespace Outsource.Engines.Records;

/// <summary>Cluster → the number of its node.</summary>
internal sealed class ClusterMap
{
    private readonly uint _seed;
    private int[] _clusters;

    /// <summary>The node's number plus one; 0: free. At most half of it is used.</summary>
    private int[] _nodes;
    private int _count;

    public ClusterMap()
    {
        _seed = (uint)RandomNumberGenerator.GetInt32(int.MaxValue) | 1;
        (_clusters, _nodes) = (new int[64], new int[64]);
    }

    private ClusterMap(uint seed, int[] clusters, int[] nodes) =>
        (_seed, _clusters, _nodes, _count) = (seed, clusters, nodes, nodes.AsSpan().Length - nodes.AsSpan().Count(0));

    /// <summary>Number of the cluster's node; -1: unknown.</summary>
    public int Find(int cluster) => _nodes[SlotOf(cluster)] - 1;

    public void Set(int cluster, int node)
    {
        if (_count * 2L >= _nodes.Length)
        {
            var (clusters, nodes) = (_clusters, _nodes);
            (_clusters, _nodes) = (new int[clusters.Length * 2], new int[clusters.Length * 2]);
            for (var i = 0; i < nodes.Length; i++)
            {
                if (nodes[i] > 0)
                {
                    var to = SlotOf(clusters[i]);
                    (_clusters[to], _nodes[to]) = (clusters[i], nodes[i]);
                }
            }
        }

        var at = SlotOf(cluster);
        _count += _nodes[at] == 0 ? 1 : 0;
        (_clusters[at], _nodes[at]) = (cluster, node + 1);
    }

    /// <summary>All clusters.</summary>
    public IEnumerable<int> Clusters()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i] > 0)
            {
                yield return _clusters[i];
            }
        }
    }

    /// <summary>Adds this to a cache.</summary>
    public void Save(CacheWriter cache)
    {
        cache.Add([_seed]);
        cache.Add<int>(_clusters);
        cache.Add<int>(_nodes);
    }

    /// <summary>Takes it from a cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="count">How many nodes there are.</param>
    public static ClusterMap Load(CacheReader cache, int count)
    {
        var seed = cache.One<uint>();
        var map = new ClusterMap(seed, cache.Next<int>(), cache.Next<int>());
        return
            map._clusters.Length == map._nodes.Length
            && BitOperations.IsPow2(map._nodes.Length)
            && map._count * 2L <= map._nodes.Length
            && !map._nodes.AsSpan().ContainsAnyExceptInRange(0, count)
            ? map
            : throw new InvalidDataException("clusters");
    }

    /// <summary>Where a cluster is, or belongs. There is always a free place.</summary>
    private int SlotOf(int cluster)
    {
        var mask = _nodes.Length - 1;
        var at = (int)(((uint)cluster * _seed * 0x9E3779B1u) >> 7) & mask;
        while (_nodes[at] > 0 && _clusters[at] != cluster)
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
