using Outsource.Foundation.Text;

namespace Outsource.Engines.Tools;

/// <summary>The output and the exit code of a tool.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Out">Lines of its standard output.</param>
/// <param name="Error">Lines of its standard error.</param>
public sealed record CommandOutput(int ExitCode, IReadOnlyList<string> Out, IReadOnlyList<string> Error)
{
    /// <summary>All its output, standard error first.</summary>
    public IEnumerable<string> Lines => Error.Concat(Out);

    /// <summary>The end of its output, for an error message: of standard error, or else of standard output.</summary>
    public string LastWords
    {
        get
        {
            var said = Error.Any(l => l.Trim().Length > 0) ? Error : Out;
            var words = said.Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(3).Select(UntrustedText.Shown).ToList();
            return words.Count == 0 ? "it printed nothing" : string.Join(" / ", words);
        }
    }
}
