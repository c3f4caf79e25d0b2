using System.Globalization;
using System.Net;
using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Report;

/// <summary>Builds HTML: whatever is put in by an interpolation is escaped, so that no word of a document can become markup.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup; holes are escaped, numbers as people write them here.</summary>
    public Html Add(Markup markup) => Raw(markup.ToString());

    /// <summary>Adds a part of the page.</summary>
    public Html Add(Html part) => Raw(part.ToString());

    /// <summary>Adds what is markup already.</summary>
    public Html Raw(string markup)
    {
        _text.Append(markup).Append('\n');
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
