using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.ClassAds;

namespace Outsource.Engines.Local;

/// <summary>A file that is put into the directory of a job.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="From">Its path, or with '@' the node that makes it.</param>
internal sealed record LocalInput(string Name, string From)
{
    /// <summary>The node that makes it, or null.</summary>
    public string? Maker => From.StartsWith('@') ? From[1..] : null;
}

/// <summary>The submit description of a job (<c>NODE.sub</c>), in the form that condor_submit reads.</summary>
internal sealed record SubmitDescription
{
    private const string InputsKey = "+OutsourceInputs",
        OutputsKey = "+OutsourceOutputs",
        ResultsKey = "+OutsourceResults",
        StdoutKey = "+OutsourceStdout";

    private static readonly ClassAdEvaluator Literals = new(ClassAdAttributes.None, null, DateTimeOffset.UnixEpoch);

    /// <summary>Path of the program.</summary>
    public required string Executable { get; init; }

    public ImmutableArray<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public ImmutableArray<LocalInput> Inputs { get; init; } = [];

    /// <summary>Files that the job has to leave.</summary>
    public ImmutableArray<string> Outputs { get; init; } = [];

    /// <summary>Those of the outputs that are results.</summary>
    public ImmutableArray<string> Results { get; init; } = [];

    /// <summary>The output that gets what the program prints, or null.</summary>
    public string? Stdout { get; init; }

    /// <summary>Everything else, as it stands in the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];

    /// <summary>Whether the job runs on the submit host in any case: never in a container.</summary>
    public bool OnSubmitHost => this["universe"] == "local";

    /// <summary>Value of a key, or null.</summary>
    public string? this[string key] => Others.FirstOrDefault(o => string.Equals(o.Key, key, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Writes the file. Whatever becomes one line has no line end in it.</summary>
    public string Text(string node)
    {
        var text = new StringBuilder("# A job of the local engine.\n");
        void Line(string key, string value) => text.Append(key).Append(" = ").Append(value).Append('\n');
        Line("executable", Executable);
        Line("arguments", Words(Arguments));
        Line("environment", Words(Environment.Select(e => $"{e.Key}={e.Value}")));
        foreach (var (key, value) in Others)
        {
            Line(key, value.ReplaceLineEndings(" "));
        }

        Line("+DAGNodeName", ClassAd.Quote(node));
        Line(InputsKey, List(Inputs.SelectMany(i => new[] { i.Name, i.From })));
        Line(OutputsKey, List(Outputs));
        Line(ResultsKey, List(Results));
        if (Stdout is not null)
        {
            Line(StdoutKey, ClassAd.Quote(Stdout));
        }

        return text.Append("queue\n").ToString();
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="OutsourceException">It is missing or damaged.</exception>
    public static SubmitDescription Read(IFileSystem disk, string path)
    {
        var lines = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var whole = false;
        try
        {
            foreach (var line in BoundedText.Statements(disk, path).TakeWhile(_ => !whole))
            {
                whole = line.Trim() == "queue";
                if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && line[0] != '#')
                {
                    lines[line[..equals].Trim()] = line[(equals + 1)..].Trim();
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutsourceException($"'{path}' cannot be read: {DiskFault.Why(error, path)}.");
        }

        var inputs = whole ? Strings(lines, InputsKey) : null;
        if (
            inputs is not { Length: var count }
            || count % 2 != 0
            || Strings(lines, OutputsKey) is not { } outputs
            || Strings(lines, ResultsKey) is not { } results
            || !lines.Remove("executable", out var executable)
            || Parsed(lines, "arguments") is not { } arguments
            || Parsed(lines, "environment") is not { } environment
        )
        {
            throw new OutsourceException(
                $"'{path}' is damaged or not of the local engine: plan the workflow again, or restore the file."
            );
        }

        return new SubmitDescription
        {
            Executable = executable,
            Arguments = arguments,
            Environment =
            [
                .. environment.Select(e => e.Split('=', 2)).Where(e => e.Length == 2).Select(e => KeyValuePair.Create(e[0], e[1])),
            ],
            Inputs = [.. inputs.Chunk(2).Select(i => new LocalInput(i[0], i[1]))],
            Outputs = [.. outputs],
            Results = [.. results],
            Stdout = lines.Remove(StdoutKey, out var stdout) ? (Literals.Evaluate(stdout) as ClassAdValue.Text)?.Value : null,
            Others = [.. lines.Where(l => l.Key != "+DAGNodeName")],
        };
    }

    private static string[]? Strings(Dictionary<string, string> lines, string key)
    {
        if (!lines.Remove(key, out var text))
        {
            return null;
        }

        try
        {
            return Literals.Evaluate(text) is ClassAdValue.List list
                ? [.. list.Items.OfType<ClassAdValue.Text>().Select(t => t.Value)]
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string List(IEnumerable<string> values)
    {
        var all = string.Join(", ", values.Select(ClassAd.Quote));
        return all.Length == 0 ? "{ }" : $"{{ {all} }}";
    }

    /// <summary>
    /// Words as condor_submit reads them (its new syntax): in double quotes, a word in single quotes; either quote is doubled in it.
    /// </summary>
    internal static string Words(IEnumerable<string> words)
    {
        var all = string.Join(' ', words.Select(w => $"'{w.Replace("'", "''", StringComparison.Ordinal)}'"));
        return $"\"{all.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static ImmutableArray<string>? Parsed(Dictionary<string, string> lines, string key) =>
        lines.Remove(key, out var text) ? WordsOf(text) : null;

    /// <summary>The reverse of <see cref="Words"/>; null: it has another form.</summary>
    internal static ImmutableArray<string>? WordsOf(string text)
    {
        if (text is not ['"', .., '"'] || text.Length < 2)
        {
            return null;
        }

        var all = text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        var (words, word) = (ImmutableArray.CreateBuilder<string>(), new StringBuilder());
        for (var at = 0; at < all.Length; at++)
        {
            if (all[at] == ' ')
            {
                continue;
            }

            if (all[at] != '\'')
            {
                return null;
            }

            for (at++; at < all.Length && (all[at] != '\'' || (at + 1 < all.Length && all[at + 1] == '\'')); at++)
            {
                at += all[at] == '\'' ? 1 : 0;
                _ = word.Append(all[at]);
            }

            if (at >= all.Length)
            {
                return null;
            }

            words.Add(word.ToString());
            _ = word.Clear();
        }

        return words.ToImmutable();
    }
}
