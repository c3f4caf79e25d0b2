using System.Text;
using Cake.Core.IO;
using Cake.Core.IO.Arguments;

namespace Outsource.Engines.Tools;

/// <summary>Command-line arguments that contain quotes, as ClassAd expressions do: Cake's own quoting would not escape them.</summary>
public static class CommandWords
{
    /// <summary>Appends one argument, with any content.</summary>
    public static ProcessArgumentBuilder AppendWord(this ProcessArgumentBuilder arguments, string word)
    {
        arguments.Append(new TextArgument(Quote(word)));
        return arguments;
    }

    /// <summary>An argument vector in Cake's form.</summary>
    public static ProcessArgumentBuilder Vector(IEnumerable<string> words)
    {
        var arguments = new ProcessArgumentBuilder();
        foreach (var word in words)
        {
            arguments.AppendWord(word);
        }

        return arguments;
    }

    /// <summary>The argument in double quotes. A backslash is special only before a quote, so only there it is doubled.</summary>
    public static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        var slashes = 0;
        foreach (var c in word)
        {
            if (c == '"')
            {
                text.Append('\\', slashes + 1);
            }

            slashes = c == '\\' ? slashes + 1 : 0;
            text.Append(c);
        }

        return text.Append('\\', slashes).Append('"').ToString();
    }
}
