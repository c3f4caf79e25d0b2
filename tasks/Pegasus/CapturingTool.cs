using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Pegasus;

/// <summary>A tool whose words are kept and whose exit code is an answer, not an exception.</summary>
public abstract class CapturingTool<TSettings>(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : Tool<TSettings>(fileSystem, environment, processRunner, tools)
    where TSettings : ToolSettings
{
    private int _exitCode;

    /// <summary>Runs the tool to its end.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="arguments">The argument vector.</param>
    /// <param name="said">Is given each line of both streams as it comes, one at a time.</param>
    protected ToolAnswer Ask(TSettings settings, IEnumerable<string> arguments, Action<string>? said = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (output, error, gate) = (new List<string>(), new List<string>(), new Lock());
        Func<string, string> Into(List<string> lines) => line =>
        {
            if (line is not null)
            {
                lock (gate)
                {
                    lines.Add(line);
                    said?.Invoke(line);
                }
            }

            return line!;
        };
        Run(
            settings,
            CommandWord.Vector(arguments),
            new ProcessSettings
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectedStandardOutputHandler = Into(output),
                RedirectedStandardErrorHandler = Into(error),
            },

            // Reading to the end: the handlers have seen every line then.
            process => _ = (process.GetStandardOutput().ToList(), process.GetStandardError().ToList()));
        lock (gate)
        {
            return new ToolAnswer(_exitCode, [.. output], [.. error]);
        }
    }

    protected override void ProcessExitCode(int exitCode) => _exitCode = exitCode;
}

/// <summary>Words of a command line.</summary>
public static class CommandWord
{
    /// <summary>An argument vector in the engine's form.</summary>
    public static ProcessArgumentBuilder Vector(IEnumerable<string> arguments)
    {
        var builder = new ProcessArgumentBuilder();
        foreach (var argument in arguments)
        {
            builder.Append(Escape(argument));
        }

        return builder;
    }

    /// <summary>A word as the runtime's own parser reads it back: quoted where needed, quotes and the backslashes before them escaped.</summary>
    public static string Escape(string word)
    {
        if (word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal)))
        {
            return word;
        }

        var text = new System.Text.StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in word)
        {
            // Before a quote every backslash counts double; elsewhere it stands for itself.
            if (c == '"')
            {
                text.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            text.Append(c);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }

    /// <summary>A command to copy into a shell.</summary>
    public static string ForShell(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
