using CsCheck;
using Outsource.Foundation.Files;
using YamlDotNet.RepresentationModel;

namespace Outsource.Tests.Foundation.Files;

public sealed class YamlTextTests
{
    [Test]
    public void Should_read_back_whatever_is_quoted()
    {
        Gen.String.Where(t => !t.Any(char.IsSurrogate))
            .Sample(text =>
            {
                var yaml = new YamlStream();
                yaml.Load(new StringReader($"key: {YamlText.Quote(text)}\n"));
                return ((YamlMappingNode)yaml.Documents[0].RootNode).Children[new YamlScalarNode("key")].ToString() == text;
            });
    }

    [TestCase("no")]
    [TestCase("1")]
    [TestCase("null")]
    [TestCase("a: b # c")]
    public void Should_stay_a_string(string text) => Assert.That(YamlText.Quote(text), Is.EqualTo($"\"{text}\""));
}
