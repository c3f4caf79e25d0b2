using System.Text;
using Cake.Core.IO;
using Cake.Core.IO.Arguments;

namespace Outsource.Engines.Tools;

/// <summary>
/// Words of a command line that hold quotes themselves, as ClassAd expressions do: Cake's own quoting would let them through unescaped.
/// </summary>
public static class CommandWords
{
    /// <summary>Appends one word, whatever it holds.</summary>
    public static ProcessArgumentBuilder AppendWord(this ProcessArgumentBuilder arguments, string word)
    {
        arguments.Append(new TextArgument(Quote(word)));
        return arguments;
    }

    /// <summary>An argument vector in the engine's form.</summary>
    public static ProcessArgumentBuilder Vector(IEnumerable<string> words)
    {
        var arguments = new ProcessArgumentBuilder();
        foreach (var word in words)
        {
            arguments.AppendWord(word);
        }

        return arguments;
    }

    /// <summary>The word in double quotes: a backslash counts only before a quote, so it is doubled there alone.</summary>
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
