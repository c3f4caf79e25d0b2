using System.Text.RegularExpressions;

namespace Outsource.Operator.Desk;

/// <summary>
/// Pegasus' record of a program, line by line. It is YAML, but a killed job leaves a partial one: it is read by its indents, so that the
/// existing part can be used.
/// </summary>
public sealed partial class ProgramRecord
{
    /// <summary>The indent of each line that the program printed; a longer indent is the program's own, as in a traceback.</summary>
    private const string DataIndent = "        ";

    private bool _data;

    /// <summary>The section of the last line, such as <c>stdout</c>; null: before the first.</summary>
    public string? Section { get; private set; }

    /// <summary>Whether the last line belongs to the job's program, and not to one before or after it.</summary>
    public bool IsMain { get; private set; }

    /// <summary>Whether a file with this first line is a record.</summary>
    public static bool Begins(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.StartsWith("- invocation", StringComparison.Ordinal);
    }

    /// <summary>Takes the next line.</summary>
    /// <returns>What the program printed there; null: the line is the record's own.</returns>
    public string? Take(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (_data && (line.Length == 0 || line.StartsWith(DataIndent, StringComparison.Ordinal)))
        {
            return line.Length == 0 ? "" : line[DataIndent.Length..].TrimEnd();
        }

        _data = line.TrimEnd() == "      data: |";
        if (Heading().Match(line) is { Success: true } heading)
        {
            Section = heading.Groups["key"].Value;
            IsMain = heading.Groups["indent"].Length == 2 ? Section == "mainjob" : IsMain;
        }

        return null;
    }

    [GeneratedRegex(@"^(?<indent> {2}| {4})(?<key>[^ :][^:]*):\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();
}
