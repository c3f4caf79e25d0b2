using System.Text.RegularExpressions;
using Outsource.Tests.Build;

namespace Outsource.Tests.Docs;

/// <summary>A page of the documentation, as far as it can be run: its worlds, its commands and what it says they print.</summary>
/// <remarks>
/// <c>&lt;!-- world: NAME --&gt;</c> begins a fresh world (see <see cref="World"/>); without one a page plays on a fresh machine.
/// A <c>sh</c> block is a script, run by bash in the page's world; its info string may name the exit code: <c>sh exit=2</c>.
/// A <c>text</c> block right behind it is all that it printed; <c>…</c> stands for anything within a line, alone on a line for any lines.
/// A block whose info string names a file (<c>ini file=~/.xenon_config</c>) is written there.
/// Commands within a sentence are given with <c>--dryrun</c>: names and values are checked, nothing runs. One that is sourced runs.
/// </remarks>
internal sealed class Page
{
    private static readonly Regex Fence = new("^```(?<info>.*)$"),
        Attribute = new(@"(?<name>[a-z]+)=(?<value>\S+)"),
        World = new("^<!-- world: (?<name>[a-z-]+) -->$"),
        Inline = new("`(?<code>[^`]+)`");

    private Page(string name, List<Piece> pieces, List<string> lines) => (Name, Pieces, Lines) = (name, pieces, lines);

    /// <summary>Its path below the checkout.</summary>
    public string Name { get; }

    /// <summary>In order.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>The pages whose commands are run: every one that people read, but for the list of changes.</summary>
    public static IEnumerable<string> All =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "docs"), "*.md")
            .Select(p => "docs/" + Path.GetFileName(p))
            .Concat(["README.md", "CONTRIBUTING.md", "tasks/demo/README.md", "tasks/payload/README.md"])
            .Order(StringComparer.Ordinal);

    public static Page Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Checkout.Root, name)).ToList();
        List<Piece> pieces = [];
        for (var i = 0; i < lines.Count; i++)
        {
            if (World.Match(lines[i]) is { Success: true } world)
            {
                pieces.Add(new Piece(PieceKind.World, i + 1, world.Groups["name"].Value));
            }
            else if (Fence.Match(lines[i]) is { Success: true } fence)
            {
                var start = i + 1;
                while (++i < lines.Count && lines[i] != "```") { }

                var info = fence.Groups["info"].Value;
                var attributes = Attribute.Matches(info).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
                var text = string.Join('\n', lines[start..i]);
                var kind = attributes.ContainsKey("file")
                    ? PieceKind.File
                    : info.Split(' ')[0] switch
                    {
                        "sh" => PieceKind.Script,
                        "text" => PieceKind.Output,
                        _ => PieceKind.Other,
                    };
                pieces.Add(
                    new Piece(kind, start, text)
                    {
                        Info = info,
                        Exit = attributes.TryGetValue("exit", out var exit)
                            ? int.Parse(exit, System.Globalization.CultureInfo.InvariantCulture)
                            : 0,
                        File = attributes.GetValueOrDefault("file"),
                    }
                );
            }
            else
            {
                pieces.AddRange(
                    Inline
                        .Matches(lines[i])
                        .Select(m => m.Groups["code"].Value)
                        .Where(c => c.Contains("./build.sh --", StringComparison.Ordinal))
                        .Select(c => new Piece(PieceKind.Inline, i + 1, c))
                );
            }
        }

        return new Page(name, pieces, lines);
    }

    /// <summary>Null when the text is what the page says, else what is different.</summary>
    public static string? Difference(string expected, string actual)
    {
        var (want, have) = (expected.TrimEnd().Split('\n'), actual.TrimEnd().Split('\n'));
        var (next, loose) = (0, false);
        foreach (var line in want)
        {
            if (line.Trim() == "…")
            {
                loose = true;
                continue;
            }

            var pattern = new Regex($"^{string.Join(".*", line.TrimEnd().Split('…').Select(Regex.Escape))}$");
            var at = Array.FindIndex(have, next, l => pattern.IsMatch(l.TrimEnd()));
            if (at < 0 || (!loose && at != next))
            {
                return $"expected: {line}\nbut read: {(next < have.Length ? have[next] : "(the end)")}\nin all:\n{actual}";
            }

            (next, loose) = (at + 1, false);
        }

        return loose || next == have.Length ? null : $"and then came: {have[next]}\nin all:\n{actual}";
    }
}
