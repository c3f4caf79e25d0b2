using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Architecture;

/// <summary><c>--target=Test --fast</c> leaves out what starts programs: such tests say so.</summary>
internal sealed partial class CategoryTests
{
    [Test]
    public void Should_have_the_category_if_programs_are_started()
    {
        var silent = Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Where(f => Path.GetFileName(f) != "CategoryTests.cs")
            .Where(f => File.ReadAllText(f) is var text && Starts().IsMatch(text) && !text.Contains(Category, StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f))
            .Order(StringComparer.Ordinal);

        Assert.That(silent, Is.Empty, $"classes that start programs without {Category}");
    }

    private const string Category = $"[Category({nameof(TestFilter)}.{nameof(TestFilter.Program)})]";

    [GeneratedRegex(@"\b(?:ProgramRun|DemoRun|StandInGrid|Terminal\.Run|Process\.Start|ChromeDriver)\b")]
    private static partial Regex Starts();
}
