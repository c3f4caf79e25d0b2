using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Architecture;

/// <summary>How tests are named, and that those that start programs, which <c>--target=Test --fast</c> leaves out, say so.</summary>
internal sealed partial class CategoryTests
{
    [Test]
    public void Should_have_the_category_if_programs_are_started()
    {
        var silent = Sources("*Tests.cs")
            .Where(f => File.ReadAllText(f) is var text && Starts().IsMatch(text) && !text.Contains(Category, StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f));

        Assert.That(silent, Is.Empty, $"classes that start programs without {Category}");
    }

    [Test]
    public void Should_be_cancelled_after_a_time_if_programs_are_started()
    {
        var patient = typeof(CategoryTests)
            .Assembly.GetTypes()
            .Where(t => t.GetCustomAttributes(inherit: true).OfType<CategoryAttribute>().Any(c => c.Name == TestFilter.Program))
            .Where(t => !t.IsAbstract && !t.IsDefined(typeof(CancelAfterAttribute), inherit: true))
            .Select(t => t.Name);

        Assert.That(patient, Is.Empty, "fixtures without [CancelAfter]");
    }

    [Test]
    public void Should_have_one_style_of_names()
    {
        var others = typeof(CategoryTests)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .Where(m => m.GetCustomAttributes(inherit: true).Any(a => a is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute))
            .Where(m => !Named().IsMatch(m.Name))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}");

        Assert.That(others, Is.Empty, "tests that are not called Should_do_this_if_that");
    }

    /// <summary>A test that waits for ever stops all others: <c>Processes.Finish</c> ends a program that does not end.</summary>
    [Test]
    public void Should_have_a_limit_if_a_test_waits()
    {
        var endless = Sources("*.cs").Where(f => Endless().IsMatch(File.ReadAllText(f))).Select(f => Path.GetFileName(f));

        Assert.That(endless, Is.Empty, "classes that wait without a limit");
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "tests"), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Where(f => Path.GetFileName(f) != "CategoryTests.cs")
            .Order(StringComparer.Ordinal);

    private const string Category = $"[Category({nameof(TestFilter)}.{nameof(TestFilter.Program)})]";

    [GeneratedRegex("^Should_[a-z0-9_]+$")]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(?:WaitForExit|WaitForExitAsync|WaitOne|Join|Wait)\(\)|Delay\(Timeout\.Infinite\w*\)")]
    private static partial Regex Endless();

    [GeneratedRegex(@"\b(?:ProgramRun|DemoRun|StandInGrid|Terminal\.Run|Process\.Start|ChromeDriver)\b")]
    private static partial Regex Starts();
}
