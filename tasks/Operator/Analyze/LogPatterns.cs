using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Analyze;

/// <summary>A named expression.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">What it finds.</param>
public sealed record LogPattern(string Name, Regex Expression);

/// <summary>What a pattern found.</summary>
/// <param name="Name">The pattern.</param>
public sealed record PatternFinds(string Name)
{
    public long Lines { get; set; }

    public HashSet<string> Nodes { get; } = new(StringComparer.Ordinal);

    /// <summary>The first find, <c>file:line: text</c>, or null.</summary>
    public string? Example { get; set; }
}

/// <summary>Searches the logs of many jobs for patterns, line by line.</summary>
/// <param name="disk">The disk.</param>
public sealed partial class LogPatterns(IFileSystem disk)
{
    private const int LongestExample = 300;

    /// <summary>Reads the file of patterns: <c>name = regex</c> per line; empty lines and those with # are skipped.</summary>
    /// <exception cref="UsageException">It cannot be read, or a line is not valid; all such lines are reported together.</exception>
    public ImmutableArray<LogPattern> Read(string path)
    {
        if (DiskFault.NoFile(disk, path) is { } fault)
        {
            throw new UsageException($"--patterns is '{path}', which {fault}. Correct the path.");
        }

        var faults = new List<Fault>();
        var patterns = ImmutableArray.CreateBuilder<LogPattern>();
        foreach (
            var (text, number) in BoundedText
                .Lines(disk, path)
                .Select((text, i) => (text.Trim(), i + 1))
                .Where(l => l.Item1.Length > 0 && l.Item1[0] != '#')
        )
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var (name, expression) = equals < 0 ? ("", "") : (text[..equals].Trim(), text[(equals + 1)..].Trim());
            if (name.Length == 0 || expression.Length == 0)
            {
                faults.Add(new Fault($"'{text}' is not a pattern: write 'name = regular expression'.", path, number));
            }
            else if (patterns.Any(p => p.Name == name))
            {
                faults.Add(new Fault($"the pattern '{name}' is defined twice: give each a different name.", path, number));
            }
            else if (Compile(expression, out var why) is { } regex)
            {
                patterns.Add(new LogPattern(name, regex));
            }
            else
            {
                faults.Add(new Fault($"'{expression}' of pattern '{name}' is not a valid regular expression ({why}).", path, number));
            }
        }

        return faults.Count > 0 ? throw new UsageException(faults)
            : patterns.Count > 0 ? patterns.DrainToImmutable()
            : throw new UsageException([new Fault("it contains no pattern: write 'name = regular expression' lines.", path)]);
    }

    /// <summary>The logs of jobs: standard output and error of every attempt.</summary>
    /// <param name="submit">The submit directory.</param>
    /// <param name="nodes">Of these nodes.</param>
    public IEnumerable<(string Node, string Path)> Logs(SubmitDirectory submit, IEnumerable<NodeStatus> nodes)
    {
        foreach (var folder in nodes.GroupBy(n => Path.GetDirectoryName(submit.In(n.Node.SubmitFile))!))
        {
            var names = folder.Select(n => n.Node.Name).ToHashSet(StringComparer.Ordinal);
            foreach (
                var file in disk.Directory.Exists(folder.Key)
                    ? disk.Directory.EnumerateFiles(folder.Key).Order(StringComparer.Ordinal)
                    : Enumerable.Empty<string>()
            )
            {
                if (Log().Match(Path.GetFileName(file)) is { Success: true } match && names.Contains(match.Groups["node"].Value))
                {
                    yield return (match.Groups["node"].Value, file);
                }
            }
        }
    }

    /// <summary>Searches.</summary>
    /// <param name="patterns">For these.</param>
    /// <param name="logs">In these.</param>
    /// <param name="looked">Called after each log.</param>
    /// <param name="cancel">Cancels it.</param>
    public IReadOnlyList<PatternFinds> Search(
        IReadOnlyList<LogPattern> patterns,
        IEnumerable<(string Node, string Path)> logs,
        Action looked,
        CancellationToken cancel
    )
    {
        var finds = patterns.Select(p => new PatternFinds(p.Name)).ToList();
        foreach (var (node, path) in logs)
        {
            var number = 0;
            foreach (var line in LogText.LinesIfAny(disk, path))
            {
                cancel.ThrowIfCancellationRequested();
                number++;
                for (var i = 0; i < patterns.Count; i++)
                {
                    if (Finds(patterns[i].Expression, line))
                    {
                        finds[i].Lines++;
                        finds[i].Nodes.Add(node);
                        finds[i].Example ??= string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {Example(line)}");
                    }
                }
            }

            looked();
        }

        return finds;
    }

    /// <summary>Secrets are hidden before the line is shortened: a part of a secret would not be recognised.</summary>
    private static string Example(string line)
    {
        var shown = UntrustedText.Shown(line).Trim();
        return shown.Length > LongestExample ? shown[..LongestExample] + "…" : shown;
    }

    private static bool Finds(Regex expression, string line)
    {
        try
        {
            return expression.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Without backtracking if the expression allows it: a line of a log can be a megabyte.</summary>
    private static Regex? Compile(string expression, out string? why)
    {
        why = null;
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
        }
        catch (ArgumentException error)
        {
            why = error.Message.TrimEnd('.');
            return null;
        }
    }

    [GeneratedRegex(@"^(?<node>.+)\.(?:out|err)(?:\.[0-9]{3,})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Log();
}
