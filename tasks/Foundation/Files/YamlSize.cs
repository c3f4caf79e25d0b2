using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Outsource.Foundation.Files;

/// <summary>
/// Counts the values of a document with its aliases written out: a few lines of aliases of aliases can stand for more than any memory
/// holds.
/// </summary>
internal sealed class YamlSize
{
    /// <summary>The most values; our largest table has some 500.</summary>
    public const int Most = 1_000_000;

    private readonly Dictionary<AnchorName, long> _sizes = [];
    private readonly Stack<(AnchorName Anchor, long Before)> _open = new();
    private long _count;
    private bool _aliased;

    /// <summary>Counts what begins or ends with an event of the parser.</summary>
    /// <returns>Whether there are too many. A document without aliases is as large as its file, which has a limit of its own.</returns>
    public bool IsTooLargeWith(ParsingEvent happened)
    {
        switch (happened)
        {
            case AnchorAlias alias:
                // An alias within what it names has no size yet; the reader of the file refuses it.
                _count += _sizes.GetValueOrDefault(alias.Value, 1);
                _aliased = true;
                break;
            case Scalar scalar:
                _count++;
                Keep(scalar.Anchor, 1);
                break;
            case MappingStart or SequenceStart:
                _open.Push((((NodeEvent)happened).Anchor, _count++));
                break;
            case MappingEnd or SequenceEnd when _open.TryPop(out var ended):
                Keep(ended.Anchor, _count - ended.Before);
                break;
            default:
                break;
        }

        return _aliased && _count > Most;
    }

    private void Keep(AnchorName anchor, long size)
    {
        if (!anchor.IsEmpty)
        {
            _sizes[anchor] = size;
        }
    }
}
