using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>Reads DAGMan's input file line by line.</summary>
internal sealed class DagFileReader
{
    private readonly NameIndex _names = new();
    private readonly WordList _jobs = new(),
        _files = new();
    private readonly List<int> _above = [],
        _below = [];
    private readonly List<(int Child, int Parent)> _edges = [];
    private NodePlan[] _plans = new NodePlan[64];
    private int _last = -1;

    public static DagFile Read(IFileSystem disk, string path)
    {
        var reader = new DagFileReader();
        using var lines = BoundedText.Bytes(disk, path);
        while (lines.Next(out var line))
        {
            reader.Add(line);
        }

        return new DagFile(reader._names, reader._plans[..reader._names.Count], (reader._jobs, reader._files), reader.Edges());
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        // Only these five keywords matter here. A line is one statement.
        if (line.Length < 4 || line[0] is not ((byte)'J' or (byte)'R' or (byte)'S' or (byte)'P'))
        {
            return;
        }

        var rest = line;
        var word = ByteText.Word(ref rest);
        if (word.SequenceEqual("JOB"u8))
        {
            var name = ByteText.Word(ref rest);
            var file = ByteText.Word(ref rest);
            if (file.Length > 0)
            {
                AddJob(name, file);
            }
        }
        else if (word.SequenceEqual("RETRY"u8))
        {
            AddRetry(Find(ByteText.Word(ref rest)), rest);
        }
        else if (word.SequenceEqual("SCRIPT"u8))
        {
            AddScript(ByteText.Word(ref rest), rest);
        }
        else if (word.SequenceEqual("PARENT"u8))
        {
            Link(rest);
        }
    }

    private int Find(ReadOnlySpan<byte> name) => _last >= 0 && _names.Bytes(_last).SequenceEqual(name) ? _last : _names.Find(name);

    private void AddJob(ReadOnlySpan<byte> name, ReadOnlySpan<byte> file)
    {
        var before = _names.Count;
        _last = _names.Add(name);
        if (_last >= _plans.Length)
        {
            Array.Resize(ref _plans, _plans.Length * 2);
        }

        if (_last < before)
        {
            // The later line replaces the earlier one, and what was said of it.
            _edges.Add((_last, -1));
        }

        var job = NodeName.JobIn(name, out var run);
        var named = file.EndsWith(".sub"u8) && file[..^4].EndsWith(name);
        _plans[_last] = new NodePlan
        {
            Job = _jobs.Of(job),
            Run = run,
            Named = named ? (byte)1 : (byte)0,
            File = _files.Of(named ? file[..^(name.Length + 4)] : file),
        };
    }

    private void AddRetry(int node, ReadOnlySpan<byte> rest)
    {
        if (node < 0 || ByteText.Whole(ByteText.Word(ref rest)) is not { } times)
        {
            return;
        }

        _plans[node].Retries = times;
        _plans[node].FinalValue =
            ByteText.Word(ref rest).SequenceEqual("UNLESS-EXIT"u8)
            && ByteText.Word(ref rest) is { Length: > 0 } value
            && ByteText.Word(ref rest).IsEmpty
            && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var final)
                ? final
                : null;
    }

    private void AddScript(ReadOnlySpan<byte> when, ReadOnlySpan<byte> rest)
    {
        var name = ByteText.Word(ref rest);
        if (name.IsEmpty || Find(name) is not (>= 0 and var node))
        {
            return;
        }

        if (when.SequenceEqual("POST"u8))
        {
            _plans[node].HasPost = true;
        }
        else if (when.SequenceEqual("PRE"u8) && ByteText.Word(ref rest).SequenceEqual("/bin/false"u8) && ByteText.Word(ref rest).IsEmpty)
        {
            _plans[node].LeftAlone = true;
        }
    }

    private void Link(ReadOnlySpan<byte> rest)
    {
        _above.Clear();
        _below.Clear();
        for (var words = _above; ByteText.Word(ref rest) is { Length: > 0 } word;)
        {
            if (ReferenceEquals(words, _above) && word.SequenceEqual("CHILD"u8))
            {
                words = _below;
            }
            else if (_names.Find(word) is >= 0 and var node)
            {
                words.Add(node);
            }
        }

        foreach (var child in _below)
        {
            foreach (var parent in _above)
            {
                _edges.Add((child, parent));
            }
        }
    }

    /// <summary>The parents of each node in the order of the file, with the end of each node's part.</summary>
    private NodeLinks Edges()
    {
        var ends = new int[_names.Count];
        var left = new int[_names.Count];
        foreach (var (child, parent) in _edges)
        {
            left[child] = parent < 0 ? 0 : left[child] + 1;
        }

        for (int i = 0, sum = 0; i < ends.Length; i++)
        {
            ends[i] = sum += left[i];
        }

        // From the end: what is before a replaced line does not count.
        var parents = new int[ends.Length == 0 ? 0 : ends[^1]];
        for (var i = _edges.Count - 1; i >= 0; i--)
        {
            var (child, parent) = _edges[i];
            if (left[child] > 0)
            {
                parents[(child == 0 ? 0 : ends[child - 1]) + --left[child]] = parent;
            }
        }

        return new NodeLinks(ends, parents);
    }
}
