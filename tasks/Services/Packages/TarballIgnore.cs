using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Services.Packages;

/// <summary>
/// The lines of <c>.tarballignore</c> at the top of a work tree: what is not sent with the jobs although git knows it. A line is a whole
/// name: <c>a</c> leaves out a file or folder <c>a</c> anywhere, and not <c>data.py</c>. With a <c>/</c> in it, it is a path from the top.
/// <c>*</c> and <c>?</c> stand for any characters and one character of a name, <c>**</c> for any folders. A <c>/</c> at the end says that
/// only a folder is meant.
/// </summary>
public sealed class TarballIgnore
{
    public const string FileName = ".tarballignore";

    private readonly ImmutableArray<Regex> _rules;

    private TarballIgnore(ImmutableArray<Regex> rules) => _rules = rules;

    /// <summary>Nothing is left out.</summary>
    public static TarballIgnore Nothing { get; } = new([]);

    /// <summary>Reads the lines; blank ones and those that start with <c>#</c> are comments.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="UsageException">A line has a form that is not supported.</exception>
    public static TarballIgnore Of(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        var faults = new List<Fault>();
        var rules = ImmutableArray.CreateBuilder<Regex>();
        foreach (var (line, number) in text.Split('\n').Select((l, i) => (l.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == '!' || line.Contains('[', StringComparison.Ordinal) || line.Contains('\\', StringComparison.Ordinal))
            {
                faults.Add(
                    new Fault(
                        $"'{UntrustedText.Brief(line)}' is not supported. Allowed are names and paths with *, ? and **.",
                        path,
                        number
                    )
                );
                continue;
            }

            rules.Add(Rule(line));
        }

        return faults.Count == 0 ? new TarballIgnore(rules.ToImmutable()) : throw new UsageException(faults);
    }

    /// <summary>Whether a file is left out.</summary>
    /// <param name="name">Its name relative to the work tree, with <c>/</c>.</param>
    public bool LeavesOut(string name) => _rules.Any(rule => rule.IsMatch(name));

    private static string OfPart(string part) =>
        Regex.Escape(part).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal);

    /// <summary>An expression for the names of files: those that the line means, and those below a folder that it means.</summary>
    private static Regex Rule(string line)
    {
        var folder = line.EndsWith('/');
        var plain = line.Trim('/');
        var anchored = line.TrimEnd('/').Contains('/', StringComparison.Ordinal);
        var text = new StringBuilder(anchored ? "^" : "(^|/)");
        foreach (var (part, i) in plain.Split('/').Select((p, i) => (p, i)))
        {
            if (part == "**")
            {
                text.Append("([^/]+/)*");
                continue;
            }

            text.Append(OfPart(part));
            if (i < plain.Count(c => c == '/'))
            {
                text.Append('/');
            }
        }

        // Below "a/**" there is at least a name.
        text.Append(plain.EndsWith("**", StringComparison.Ordinal) ? "." : folder ? "/" : "(/|$)");
        return new Regex(text.ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
