using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Outsource.Foundation.Files;

/// <summary>
/// Events of a YAML text, each checked before nodes are made of it: how deep and how large it is, and that every key is a text.
/// </summary>
/// <param name="inner">The events.</param>
/// <param name="path">Where the text is from.</param>
/// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
internal sealed class YamlEvents(IParser inner, string path, YamlAliases aliases) : IParser
{
    /// <summary>Deepest nesting: with more the reader could run out of stack, which cannot be caught.</summary>
    private const int Deepest = 64;

    private const string NotText = "a key of it is not a text";

    private readonly Stack<(bool Keys, bool AtKey)> _open = new();
    private readonly YamlSize _size = new();
    private bool _aliased;
    private int? _tangled;

    public ParsingEvent? Current => inner.Current;

    /// <exception cref="DamagedYamlException">The text goes beyond a bound, or has what is not allowed in it.</exception>
    public bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        var happened = inner.Current!;
        if (_size.IsTooLargeWith(happened))
        {
            var most = YamlSize.Most.ToString("N0", CultureInfo.InvariantCulture);
            throw Damaged(happened, $"it has more than {most} values with its aliases");
        }

        CheckAlias(happened);
        Nest(happened);
        return true;
    }

    /// <summary>
    /// Where aliases are allowed the caller reports a key that is not a text; but comparing a key of aliases of aliases would never end.
    /// </summary>
    private void CheckAlias(ParsingEvent happened)
    {
        if (happened is AnchorAlias && aliases == YamlAliases.Refused)
        {
            throw Damaged(happened, "it has an alias, which is not allowed here");
        }

        var isKey = _open.TryPeek(out var above) && above is { Keys: true, AtKey: true };
        if (isKey && happened is (MappingStart or SequenceStart or AnchorAlias))
        {
            _tangled = aliases == YamlAliases.Allowed ? YamlReader.Line(happened.Start.Line) : throw Damaged(happened, NotText);
        }

        _aliased |= happened is AnchorAlias;
        if (_aliased && _tangled is not null)
        {
            throw new DamagedYamlException(path, NotText, _tangled);
        }
    }

    private void Nest(ParsingEvent happened)
    {
        if (happened is MappingEnd or SequenceEnd)
        {
            _ = _open.Pop();
        }
        else if (happened is Scalar or AnchorAlias or MappingStart or SequenceStart && _open.TryPop(out var holder))
        {
            _open.Push(holder with { AtKey = !holder.AtKey });
        }

        if (happened is MappingStart or SequenceStart)
        {
            _open.Push((happened is MappingStart, true));
            if (_open.Count > Deepest)
            {
                throw Damaged(happened, $"it is nested deeper than {Deepest}");
            }
        }
    }

    private DamagedYamlException Damaged(ParsingEvent happened, string why) => new(path, why, YamlReader.Line(happened.Start.Line));
}
