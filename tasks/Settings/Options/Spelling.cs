using System.Text;

namespace Outsource.Settings.Options;

/// <summary>How the name of a property is written on the command line and in files.</summary>
public static class Spelling
{
    /// <summary><c>ChunksPerJob</c> → <c>chunks-per-job</c>.</summary>
    public static string Kebab(string property) => Parts(property, '-');

    /// <summary><c>ChunksPerJob</c> → <c>chunks_per_job</c>.</summary>
    public static string Snake(string property) => Parts(property, '_');

    private static string Parts(string property, char between)
    {
        ArgumentNullException.ThrowIfNull(property);
        var text = new StringBuilder(property.Length + 4);
        foreach (var letter in property)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append(between);
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
