using System.Xml.Linq;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>What came of the tests.</summary>
/// <param name="Passed">How many passed.</param>
/// <param name="Failed">How many did not.</param>
/// <param name="Skipped">Name and reason of those that were not run.</param>
public sealed record TestSuiteResults(int Passed, int Failed, IReadOnlyList<(string Name, string Reason)> Skipped)
{
    /// <summary>The closing line of a test run.</summary>
    public string Totals => $"{Passed} passed, {Failed} failed, {Skipped.Count} skipped";

    /// <summary>Reads a trx file.</summary>
    public static TestSuiteResults Read(Stream trx)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        var results = XDocument.Load(trx).Descendants(ns + "UnitTestResult").ToLookup(result => (string?)result.Attribute("outcome"));
        var skipped = results["NotExecuted"].Concat(results["Inconclusive"])
            .Select(result => (
                Name: (string?)result.Attribute("testName") ?? "?",
                Reason: result.Descendants(ns + "Message").FirstOrDefault()?.Value.Trim() is { Length: > 0 } reason ? reason : "no reason given"))
            .OrderBy(test => test.Name, StringComparer.Ordinal)
            .ToList();
        var passed = results["Passed"].Count();
        return new TestSuiteResults(passed, results.Sum(group => group.Count()) - passed - skipped.Count, skipped);
    }
}
