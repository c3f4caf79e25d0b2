namespace Outsource.Foundation.Text;

/// <summary>How an operator calls the program: build.sh in a checkout, its own name when it is published.</summary>
public static class ProgramCommand
{
    /// <summary>Set in the runtime configuration of a program that <c>--target=Publish</c> made.</summary>
    public const string PublishedSwitch = "Outsource.Published";

    /// <summary>Whether this is a published program, which needs no checkout.</summary>
    public static bool Published { get; } = AppContext.TryGetSwitch(PublishedSwitch, out var published) && published;

    /// <summary>The command.</summary>
    public static string Program => Published ? "outsource" : "./build.sh";
}
