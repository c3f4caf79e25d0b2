using CsCheck;
using Newtonsoft.Json.Linq;
using Outsource.Foundation.Text;

namespace Outsource.Tests.Foundation.Text;

internal sealed class AsciiTextTests
{
    [TestCase("plain", "plain")]
    [TestCase("a … b → c × d – e", "a ... b -> c x d - e")]
    [TestCase("│ ┌ ╭ ─", "| + + -")]
    [TestCase("宇é", "\\u5b87\\u00e9")]
    [TestCase("\U0001f680", "\\ud83d\\ude80")]
    public void Should_say_the_same_in_ascii_if_there_is_a_form(string text, string ascii) =>
        Assert.That(AsciiText.Of(text), Is.EqualTo(ascii));

    [Test]
    public void Should_be_the_same_document_if_it_is_json() =>
        Gen.String.Sample(text =>
        {
            var document = new JObject { ["a"] = text }.ToString(Newtonsoft.Json.Formatting.None);
            var ascii = AsciiText.OfJson(document);
            return ascii.All(char.IsAscii) && (string?)JObject.Parse(ascii)["a"] == text;
        });
}
