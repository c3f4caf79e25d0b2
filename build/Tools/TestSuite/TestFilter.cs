using Outsource.Settings.Options;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>The selected tests as an expression of <c>dotnet test --filter</c>.</summary>
internal static class TestFilter
{
    /// <summary>The category of tests that start programs: our own, a shell, Python, a browser.</summary>
    public const string Program = "Program";

    /// <summary>The expression; null: all tests.</summary>
    public static string? Of(CommandOptions options)
    {
        var asked = options.Filter is { } filter ? Expression(filter) : null;
        return !options.Fast ? asked
            : asked is null ? $"TestCategory!={Program}"
            : $"({asked})&TestCategory!={Program}";
    }

    /// <summary>A name alone means all tests whose full name contains it.</summary>
    private static string Expression(string filter) => filter.AsSpan().ContainsAny("=~") ? filter : $"FullyQualifiedName~{filter}";
}
