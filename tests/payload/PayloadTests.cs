using System.Diagnostics;
using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Payload;

/// <summary>The payload's own tests, which are Python's unittest and stand beside this file: one case a module.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[Parallelizable(ParallelScope.All)]
public sealed partial class PayloadTests
{
    private static string Folder => Path.Combine(Checkout.Root, "tests", "payload");

    private static IEnumerable<string> Modules() =>
        Directory.EnumerateFiles(Folder, "test_*.py").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    /// <summary>The interpreter: what OUTSOURCE_TEST_PYTHON names, Debian's, or any.</summary>
    internal static string Python =>
        Environment.GetEnvironmentVariable("OUTSOURCE_TEST_PYTHON") is { Length: > 0 } named ? named
        : File.Exists("/usr/bin/python3") ? "/usr/bin/python3"
        : "python3";

    [TestCaseSource(nameof(Modules))]
    public void Should_pass_its_own_tests(string module)
    {
        using var process = Start(module);
        if (process is null)
        {
            Assert.Ignore($"there is no '{Python}' on this machine, so the Python programs of the payload are not tested here.");
            return;
        }

        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var exitCode = process.Finish(TimeSpan.FromMinutes(30));
        var error = errors.Result;

        Assert.That(exitCode, Is.Zero, error);
        var ran = Ran().Match(error);
        Assert.That(ran.Success, $"no test of {module} ran:\n{error}");
        var skipped = Skipped().Match(error) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        var reasons = string.Join("; ", Reasons().Matches(error).Select(m => m.Groups[1].Value).Distinct());
        TestContext.Progress.WriteLine($"{module}: {ran.Groups[1].Value} tests, {skipped} skipped{(skipped > 0 ? $": {reasons}" : "")}");
        if (skipped > 0 && skipped.ToString(System.Globalization.CultureInfo.InvariantCulture) == ran.Groups[1].Value)
        {
            Assert.Ignore(reasons);
        }
    }

    private static Process? Start(string module)
    {
        var start = new ProcessStartInfo(Python, ["-B", "-m", "unittest", "-v", module])
        {
            WorkingDirectory = Folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^Ran (\d+) tests? in", RegexOptions.Multiline)]
    private static partial Regex Ran();

    [GeneratedRegex(@"skipped=(\d+)")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"\.\.\. skipped ['""](.*)['""]$", RegexOptions.Multiline)]
    private static partial Regex Reasons();
}
