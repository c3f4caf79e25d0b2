namespace Outsource.Operator.GitHubActions;

/// <summary>The commands that GitHub Actions reads in a step's output (its documentation: Workflow commands).</summary>
public static class ActionsText
{
    /// <summary>Whether this runs in GitHub Actions: the runner says so itself.</summary>
    public static bool Runs(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return variable("GITHUB_ACTIONS") == "true";
    }

    /// <summary>Begins a group of lines that can be folded.</summary>
    public static string Group(string title) => $"::group::{Message(title)}";

    /// <summary>Ends it.</summary>
    public static string EndGroup => "::endgroup::";

    /// <summary>An annotation of the run.</summary>
    /// <param name="level"><c>warning</c> or <c>error</c>.</param>
    /// <param name="title">Its title.</param>
    /// <param name="text">What it says; may have several lines.</param>
    public static string Annotation(string level, string title, string text) => $"::{level} title={Property(title)}::{Message(text)}";

    /// <summary>Text behind the second pair of colons.</summary>
    public static string Message(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);
    }

    /// <summary>The value of a property before it.</summary>
    public static string Property(string text) =>
        Message(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
