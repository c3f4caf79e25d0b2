using System.Text.RegularExpressions;
using NUnit.Framework.Interfaces;
using Outsource.Tests.Build;

namespace Outsource.Tests.Docs;

/// <summary>The page of the Python program's faults names tests that are there.</summary>
internal sealed partial class PythonFaultsTests
{
    [Test]
    public void Should_name_tests_that_exist_for_each_fault()
    {
        var known = Ours().Concat(OfPayload()).ToHashSet();
        var rows = Page.Read("docs/python-faults.md")
            .Lines.Where(l => l.StartsWith("| ", StringComparison.Ordinal))
            .Select(l => l.Split('|'))
            .Where(cells => cells[1].Trim() != "fault")
            .Select(cells => (Fault: cells[1].Trim(), Tests: Named().Matches(cells[3]).Select(m => m.Groups[1].Value).ToList()))
            .ToList();

        Assert.That(rows, Has.Count.GreaterThan(20));
        Assert.That(rows.Where(r => r.Tests.Count == 0).Select(r => r.Fault), Is.Empty, "faults without a test");
        Assert.That(rows.SelectMany(r => r.Tests).Where(t => !known.Contains(t)), Is.Empty, "tests that are not there");
    }

    private static IEnumerable<string> Ours() =>
        typeof(PythonFaultsTests)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .Where(m => m.GetCustomAttributes(inherit: true).Any(a => a is ISimpleTestBuilder or ITestBuilder))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}");

    private static IEnumerable<string> OfPayload() =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "tests", "payload"), "test_*.py")
            .SelectMany(file =>
                PythonTest().Matches(File.ReadAllText(file)).Select(m => $"{Path.GetFileNameWithoutExtension(file)}.{m.Groups[1].Value}")
            );

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^    def (test_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex PythonTest();
}
