using System.Globalization;
using System.Net;
using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Report;

/// <summary>Builds HTML: what an interpolation puts in is escaped, so no text of a document can become markup.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup as a line; what stands in its holes is escaped, and numbers are written with separators.</summary>
    public Html Add(Markup markup) => Raw(markup.ToString());

    /// <summary>Adds markup to the line.</summary>
    public Html Inline(Markup markup)
    {
        _text.Append(markup.ToString());
        return this;
    }

    /// <summary>Adds a part of the page.</summary>
    public Html Add(Html part) => Raw(part.ToString());

    /// <summary>Adds a line that is markup already.</summary>
    public Html Raw(string markup)
    {
        _text.Append(markup).Append(markup.Length == 0 ? "" : "\n");
        return this;
    }

    /// <summary>An attribute, to be put into markup; null: nothing.</summary>
    public static Html Attribute(string name, string? value)
    {
        var html = new Html();
        if (value is not null)
        {
            html._text.Append(CultureInfo.InvariantCulture, $" {name}=\"{Escape(value)}\"");
        }

        return html;
    }

    public override string ToString() => _text.ToString();

    /// <summary>A value as text of a page; what is markup already stays as it is.</summary>
    internal static string Escape(object? value) =>
        value switch
        {
            null => "",
            int or long => string.Format(CultureInfo.InvariantCulture, "{0:N0}", value),
            IFormattable other => WebUtility.HtmlEncode(other.ToString(null, CultureInfo.InvariantCulture)),
            _ => WebUtility.HtmlEncode(UntrustedText.Plain(value.ToString()!)),
        };
}
