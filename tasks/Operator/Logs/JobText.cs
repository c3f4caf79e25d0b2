using System.Text.RegularExpressions;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Logs;

/// <summary>
/// Makes a file of a job's output readable, line by line: of Pegasus' record of a program (YAML) only what the program printed is shown;
/// any other file as it is. All lines go through <see cref="UntrustedText.Shown"/>.
/// </summary>
/// <param name="path">The file. Absolute.</param>
public sealed partial class JobText(string path)
{
    /// <summary>Stands before each line that the program printed.</summary>
    private const string DataIndent = "        ";

    private bool? _record;
    private bool _data;
    private string _stream = "";

    /// <summary>What kind of output a line belongs to, and the line as it is shown; null: it is not the program's.</summary>
    public (string Kind, string Line)? Take(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (_record is null && line.Trim().Length > 0)
        {
            _record = line.StartsWith("- invocation", StringComparison.Ordinal);
        }

        if (_record != true)
        {
            return (Ending().IsMatch(path) ? "standard error" : "standard output", Shown(line));
        }

        if (_data && (line.StartsWith(DataIndent, StringComparison.Ordinal) || line.Length == 0))
        {
            return ($"the program's {(_stream == "stderr" ? "standard error" : "standard output")}", Shown(line));
        }

        _data = line.TrimEnd() == "      data: |" && (_stream is "stdout" or "stderr");
        if (Section().Match(line) is { Success: true } section)
        {
            _stream = section.Groups["key"].Value;
        }

        return null;
    }

    private string Shown(string line) =>
        UntrustedText.Shown(_data && line.Length >= DataIndent.Length ? line[DataIndent.Length..].TrimEnd() : line.TrimEnd());

    [GeneratedRegex(@"^(?: {2}| {4})(?<key>[^ :][^:]*):\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"\.err(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();
}
