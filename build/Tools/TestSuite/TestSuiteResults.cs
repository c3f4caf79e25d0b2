using System.Xml.Linq;
using Cake.Core.IO;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>Results of the tests.</summary>
/// <param name="Passed">How many passed.</param>
/// <param name="Failures">Name and message of those that did not.</param>
/// <param name="Skipped">Name and reason of those that were not run.</param>
public sealed record TestSuiteResults(
    int Passed,
    IReadOnlyList<(string Name, string Message)> Failures,
    IReadOnlyList<(string Name, string Reason)> Skipped
)
{
    private static readonly XNamespace Ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>How many did not pass.</summary>
    public int Failed => Failures.Count;

    /// <summary>How many there were, run or not.</summary>
    public int All => Passed + Failed + Skipped.Count;

    /// <summary>The closing line of a test run.</summary>
    public string Totals => $"{Passed} passed, {Failed} failed, {Skipped.Count} skipped";

    /// <summary>Reads the results of a run and deletes the file, so that it is not used for the next run.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The trx file. Absolute.</param>
    /// <returns>Null: there are none, or they cannot be read.</returns>
    public static TestSuiteResults? Take(IFileSystem disk, FilePath path)
    {
        ArgumentNullException.ThrowIfNull(disk);

        // A new object each time: file information is cached.
        var file = disk.GetFile(path);
        try
        {
            return Find(file);
        }
        finally
        {
            if (file.Exists)
            {
                file.Delete();
            }
        }
    }

    /// <summary>The results of a run; the file stays.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The trx file. Absolute.</param>
    /// <returns>Null: there are none, or they cannot be read.</returns>
    public static TestSuiteResults? Find(IFileSystem disk, FilePath path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return Find(disk.GetFile(path));
    }

    private static TestSuiteResults? Find(IFile file)
    {
        try
        {
            if (!file.Exists)
            {
                return null;
            }

            using var trx = file.OpenRead();
            return Read(trx);
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }

    /// <summary>Reads a trx file.</summary>
    public static TestSuiteResults Read(Stream trx)
    {
        var results = XDocument.Load(trx).Descendants(Ns + "UnitTestResult").ToLookup(result => (string?)result.Attribute("outcome"));
        var skipped = results["NotExecuted"].Concat(results["Inconclusive"]);
        var failed = results.Where(group => group.Key is not ("Passed" or "NotExecuted" or "Inconclusive")).SelectMany(group => group);
        return new TestSuiteResults(results["Passed"].Count(), Named(failed, "no message"), Named(skipped, "no reason given"));
    }

    private static List<(string, string)> Named(IEnumerable<XElement> results, string without) =>
        [
            .. results
                .Select(result =>
                    (
                        Name: (string?)result.Attribute("testName") ?? "?",
                        Text: result.Descendants(Ns + "Message").FirstOrDefault()?.Value.Trim() is { Length: > 0 } text ? text : without
                    )
                )
                .OrderBy(test => test.Name, StringComparer.Ordinal),
        ];
}
