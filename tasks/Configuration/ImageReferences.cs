using System.Text.RegularExpressions;
using Outsource.Environs;

namespace Outsource.Configuration;

/// <summary>Reads what an operator calls an image, and finds the release of the environment we stand in.</summary>
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
        else if (value.StartsWith('/'))
        {
            var name = value[(value.LastIndexOf('/') + 1)..];
            var colon = name.LastIndexOf(':');
            var tag = colon < 0 ? null : name[(colon + 1)..];
            if (name.Length == 0 || (tag is not null && !Tag().IsMatch(tag)))
            {
                fault = name.Length == 0 ? "a path to an image does not end in '/'" : "what stands behind the colon is no tag";
            }
            else
            {
                return new ImageReference(value, tag);
            }
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

    /// <summary>The tags of the CVMFS releases in <c>CONDA_PREFIX</c> and <c>PATH</c>, the one in force first, with the variable that says so.</summary>
    public static IReadOnlyList<(string Tag, string Variable)> OfEnvironment(Surroundings surroundings)
    {
        var found = new List<(string, string)>();
        foreach (var variable in new[] { "CONDA_PREFIX", "PATH" })
        {
            foreach (var folder in (surroundings.Variable(variable) ?? "").Split(':'))
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

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^/cvmfs/xenon\.opensciencegrid\.org/releases/nT/([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:/|\z)|/anaconda/envs/XENONnT_([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:/|\z)")]
    private static partial Regex Release();
}
