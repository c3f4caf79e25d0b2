using System.Text.RegularExpressions;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Model.Contexts;

/// <summary>Reads the name that an operator gives an image, and finds the CVMFS release whose setup.sh was sourced.</summary>
public static partial class ImageReferences
{
    /// <summary>An image from a full path or a tag.</summary>
    /// <param name="value">As given.</param>
    /// <param name="fault">What is wrong with it, without the subject; null when it is fine.</param>
    public static ImageReference? Parse(string value, out string? fault)
    {
        fault = null;
        if (value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\'' or '\\' or '`' or '$'))
        {
            fault = "blanks, quotes, backslashes, '$' and control characters are not allowed in it";
        }
        else if (value.StartsWith('/') || Address().IsMatch(value))
        {
            fault = ErrorInPath(value, out var tag);
            return fault is null ? new ImageReference(value, tag) : null;
        }
        else if (value.Contains('/', StringComparison.Ordinal))
        {
            fault = $"it is neither a tag nor a full path, which begins with '/', nor an address such as docker://{value}";
        }
        else if (!Tag().IsMatch(value))
        {
            fault = "it is neither a full path nor a tag";
        }
        else
        {
            return new ImageReference(ImageReference.Prefix + value, value);
        }

        return null;
    }

    /// <summary>
    /// What is wrong with a path or an address, and the tag in it: after the colon, or in the name of an image file
    /// (<c>xenonnt-el9.2025.07.1.sif</c>).
    /// </summary>
    private static string? ErrorInPath(string value, out string? tag)
    {
        tag = null;
        var name = value[(value.LastIndexOf('/') + 1)..];
        if (name.Length == 0)
        {
            return "a path to an image does not end in '/'";
        }

        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && !Digest().IsMatch(name[at..]))
        {
            return "the part after '@' is not a digest, which is sha256: and 64 hexadecimal digits";
        }

        name = at < 0 ? name : name[..at];
        var colon = name.LastIndexOf(':');
        if (colon >= 0)
        {
            tag = name[(colon + 1)..];
            return Tag().IsMatch(tag) ? null : "the part after the colon is not a valid tag";
        }

        // Only what looks like a release is taken from a file's name: the rest of the name is anybody's.
        tag =
            ImageFile().Match(name) is { Success: true } match && ReleaseTag.Of(match.Groups[1].Value) is not null
                ? match.Groups[1].Value
                : null;
        return null;
    }

    /// <summary>
    /// The tags of the CVMFS releases in <c>CONDA_PREFIX</c> and <c>PATH</c>, the active one first, with the variable that says so.
    /// </summary>
    public static IReadOnlyList<(string Tag, string Variable)> OfEnvironment(HostEnvironment host)
    {
        var found = new List<(string, string)>();
        foreach (var variable in new[] { "CONDA_PREFIX", "PATH" })
        {
            foreach (var folder in (host.Variable(variable) ?? "").Split(':'))
            {
                var match = Release().Match(folder);
                if (match.Success)
                {
                    found.Add((match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value, variable));
                }
            }
        }

        return [.. found.DistinctBy(f => f.Item1)];
    }

    /// <summary>How Apptainer and HTCondor name an image that is fetched: <c>docker://</c>, <c>osdf://</c> and the like.</summary>
    [GeneratedRegex(@"^(?:docker|oras|library|shub|osdf|stash|pelican|https|http|file)://[A-Za-z0-9/._:@+~-]+\z")]
    private static partial Regex Address();

    [GeneratedRegex(@"^@sha256:[0-9a-f]{64}\z")]
    private static partial Regex Digest();

    [GeneratedRegex(@"^(?:.*?[-_])?((?:el[0-9]+\.)?[0-9]{4}\.[0-9.]*[0-9])\.(?:sif|simg|img)\z")]
    private static partial Regex ImageFile();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"^/cvmfs/xenon\.opensciencegrid\.org/releases/nT/([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:/|\z)"
            + @"|/anaconda/envs/XENONnT_([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:/|\z)"
    )]
    private static partial Regex Release();
}
