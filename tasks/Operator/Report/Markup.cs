using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Outsource.Operator.Report;

/// <summary>An interpolated string that becomes markup: what stands in its holes is escaped, unless it is markup itself.</summary>
/// <param name="literalLength">Characters outside of holes.</param>
/// <param name="formattedCount">Holes.</param>
[InterpolatedStringHandler]
internal readonly struct Markup(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (8 * formattedCount));

    public void AppendLiteral(string value) => _text.Append(value);

    public void AppendFormatted<T>(T value) => _text.Append(value is Html part ? part.ToString() : Html.Escape(value));

    public void AppendFormatted<T>(T value, string format)
        where T : IFormattable => _text.Append(Html.Escape(value.ToString(format, CultureInfo.InvariantCulture)));

    public override string ToString() => _text.ToString();
}
