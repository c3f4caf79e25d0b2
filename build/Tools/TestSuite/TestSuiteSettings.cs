using System.Security.Cryptography;
using System.Text;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>Which tests to run, and where their results go.</summary>
public sealed class TestSuiteSettings : ToolSettings
{
    /// <summary>The test project.</summary>
    public required FilePath Project { get; init; }

    /// <summary>Which of its tests, in the language of <c>dotnet test --filter</c>; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>The folder for the results.</summary>
    public required DirectoryPath Results { get; init; }

    /// <summary>
    /// The file in <see cref="Results"/>, in Visual Studio's trx format. A selection has a file of its own, so that its last count is
    /// known.
    /// </summary>
    public string ResultsFile =>
        Filter is { } filter
            ? $"tests-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(filter)))[..12]}.trx"
            : "tests.trx";

    /// <summary>Whether it was built just now.</summary>
    public bool IsBuilt { get; set; }
}
