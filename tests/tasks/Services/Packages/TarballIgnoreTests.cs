using Outsource.Foundation.Errors;
using Outsource.Services.Packages;

namespace Outsource.Tests.Services.Packages;

[TestFixture]
internal sealed class TarballIgnoreTests
{
    [TestCase("a", "a", true)]
    [TestCase("a", "deep/a/file.py", true)]
    [TestCase("a", "data.py", false, Description = "the Python program drops it")]
    [TestCase("a", "b/ab", false)]
    [TestCase("*.npy", "deep/x.npy", true)]
    [TestCase("*.npy", "x.npy.txt", false)]
    [TestCase("data?", "data1/x", true)]
    [TestCase("data?", "data/x", false)]
    [TestCase("build/", "build/x", true)]
    [TestCase("build/", "build", false)]
    [TestCase("docs/figures", "docs/figures/a.png", true)]
    [TestCase("docs/figures", "old/docs/figures/a.png", false)]
    [TestCase("/setup.py", "setup.py", true)]
    [TestCase("/setup.py", "deep/setup.py", false)]
    [TestCase("docs/**", "docs/a/b", true)]
    [TestCase("docs/**", "docs", false)]
    [TestCase("**/tests", "a/b/tests/x", true)]
    [TestCase("docs/**/x", "docs/x", true)]
    [TestCase("docs/**/x", "docs/a/b/x", true)]
    [TestCase("a.b", "aXb", false)]
    [TestCase("# a", "a", false)]
    [TestCase("\n  \r\n a \r\n", "a", true)]
    [TestCase("", "a", false)]
    public void Should_leave_out_what_a_line_names_as_a_whole(string text, string name, bool expected)
    {
        Assert.That(TarballIgnore.Of(text, "/t/.tarballignore").LeavesOut(name), Is.EqualTo(expected));
    }

    [Test]
    public void Should_refuse_a_line_if_its_form_is_not_supported()
    {
        var error = Assert.Throws<UsageException>(() => TarballIgnore.Of("a\n!b\n[ab]\n", "/t/.tarballignore"))!;

        Assert.That(
            error.Faults.Select(f => f.ToString()),
            Is.EqualTo(
                new[]
                {
                    "/t/.tarballignore:2: '!b' is not supported. Allowed are names and paths with *, ? and **.",
                    "/t/.tarballignore:3: '[ab]' is not supported. Allowed are names and paths with *, ? and **.",
                }
            )
        );
    }
}
