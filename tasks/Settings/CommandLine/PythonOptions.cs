namespace Outsource.Settings.CommandLine;

/// <summary>Switches of the Python program that are one entry of a list here, so that what operators are used to type works.</summary>
internal static class PythonOptions
{
    private const string StageOut = "stage-out";

    private static readonly string[] Levels = ["lower", "combine", "upper"];

    /// <summary>The list that a switch adds to: <c>stage_out_lower</c> adds to <c>stage-out</c>; null: it is no such switch.</summary>
    /// <param name="name">Without dashes, in lower case.</param>
    public static string? ListOf(string name) => ValueOf(name) is null ? null : StageOut;

    /// <summary>The entry that it adds, or null.</summary>
    /// <param name="name">Without dashes, in lower case.</param>
    public static string? ValueOf(string name) =>
        Levels.FirstOrDefault(level => name.Replace('_', '-') == $"{StageOut}-{level}");
}
