using Outsource.Foundation.Text;

namespace Outsource.Engines.Tools;

/// <summary>What a tool said and how it ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Out">Lines of its standard output.</param>
/// <param name="Error">Lines of its standard error.</param>
public sealed record CommandOutput(int ExitCode, IReadOnlyList<string> Out, IReadOnlyList<string> Error)
{
    /// <summary>Everything it said, standard error first.</summary>
    public IEnumerable<string> Lines => Error.Concat(Out);

    /// <summary>Its last words, for an error: standard error's, else standard output's.</summary>
    public string LastWords
    {
        get
        {
            var said = Error.Any(l => l.Trim().Length > 0) ? Error : Out;
            var words = said.Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(3).Select(UntrustedText.Shown).ToList();
            return words.Count == 0 ? "it said nothing" : string.Join(" / ", words);
        }
    }
}
