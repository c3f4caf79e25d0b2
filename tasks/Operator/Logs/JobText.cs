using System.Text.RegularExpressions;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;

namespace Outsource.Operator.Logs;

/// <summary>
/// Makes a file of a job's output readable, line by line: of Pegasus' record of a program (YAML) only what the program printed is shown;
/// any other file as it is. All lines go through <see cref="UntrustedText.Shown"/>.
/// </summary>
/// <param name="path">The file. Absolute.</param>
public sealed partial class JobText(string path)
{
    private readonly ProgramRecord _record = new();
    private bool? _isRecord;

    /// <summary>What kind of output a line belongs to, and the line as it is shown; null: it is not the program's.</summary>
    public (string Kind, string Line)? Take(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (_isRecord is null && line.Trim().Length > 0)
        {
            _isRecord = ProgramRecord.Begins(line);
        }

        if (_isRecord != true)
        {
            return (Ending().IsMatch(path) ? "standard error" : "standard output", UntrustedText.Shown(line.TrimEnd()));
        }

        return _record.Take(line) is { } printed && _record.Section is ("stdout" or "stderr")
            ? ($"the program's {(_record.Section == "stderr" ? "standard error" : "standard output")}", UntrustedText.Shown(printed))
            : null;
    }

    [GeneratedRegex(@"\.err(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();
}
