using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;

namespace Outsource.FilterModes;

/// <summary>
/// Modes, sources and tags of the runs considered, and the warnings about settings that name none of them. They are whatever the run
/// database says, so a name that no run has is no error; but it may be mistyped.
/// </summary>
public sealed class ConsideredValues
{
    /// <summary>Most values in a warning.</summary>
    public const int MostNamed = 8;

    /// <summary>Most characters of a value in a warning; a longer value is not proposed either.</summary>
    private const int Longest = 60;

    private readonly Tally<string> _modes = new(),
        _sources = new(),
        _tags = new();

    /// <summary>Counts what a run has.</summary>
    public void Add(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var number = run.Number ?? 0;
        if (run.Mode is { } mode)
        {
            _modes.Add(mode, number);
        }

        if (run.Source is { } source)
        {
            _sources.Add(source, number);
        }

        foreach (var tag in run.Tags.Distinct(StringComparer.Ordinal))
        {
            _tags.Add(tag, number);
        }
    }

    /// <summary>
    /// A sentence for each name that is asked for and that no run has, and one for each list of exclusions with such names.
    /// </summary>
    public IEnumerable<string> Warnings(OutsourceSettings s)
    {
        ArgumentNullException.ThrowIfNull(s);
        IEnumerable<string> asked =
        [
            .. Asked("mode", [.. s.Modes, .. s.Modes.IsEmpty ? s.IncludeModes : []], _modes),
            .. Asked("source", [.. s.Sources, .. s.Sources.IsEmpty ? s.IncludeSources : []], _sources),
            .. Asked("tag", s.IncludeTags, _tags),
        ];

        // A few named runs, or the runs of a range, need not have every value that is excluded.
        return s.Runs is not null || s.From is not null || s.To is not null || s.TimesText.Length > 0
            ? asked
            : asked.Concat(
                new[]
                {
                    s.Modes.IsEmpty ? Excluded(s, "exclude_modes", "mode", s.ExcludeModes, _modes) : null,
                    s.Sources.IsEmpty ? Excluded(s, "exclude_sources", "source", s.ExcludeSources, _sources) : null,
                    Excluded(s, "exclude_tags", "tag", s.ExcludeTags ?? [], _tags),
                }.OfType<string>()
            );
    }

    private static IEnumerable<string> Asked(string what, IEnumerable<string> names, Tally<string> found) =>
        Unmatched(names, found).Select(none => $"none of the runs considered has {what} {Named(none, found)}.{There(found)}");

    /// <summary>Only where somebody wrote the list: our own default may name more than there is.</summary>
    private static string? Excluded(OutsourceSettings s, string setting, string what, ImmutableArray<string> names, Tally<string> found)
    {
        var origin = s.Origins.GetValueOrDefault(setting, "default");
        var none = origin == "default" || found.Values.Count == 0 ? [] : Unmatched(names, found).ToList();
        return none.Count == 0
            ? null
            : $"{setting} ({origin}): none of the runs considered has {what} "
                + string.Join(", ", none.Take(MostNamed).Select(n => Named(n, found)))
                + (none.Count > MostNamed ? $" and {none.Count - MostNamed} more" : "")
                + ".";
    }

    private static IEnumerable<string> Unmatched(IEnumerable<string> names, Tally<string> found) =>
        names
            .Distinct(StringComparer.Ordinal)
            .Where(n => NamePatterns.IsPattern(n) ? !found.Values.Any(f => NamePatterns.Matches(n, f)) : found.Of(n) == 0);

    private static string Named(string none, Tally<string> found) =>
        $"'{none}'"
        + NearestName.Hint(none, found.Values.Where(v => v.Length <= Longest).Order(StringComparer.Ordinal).Select(UntrustedText.OneLine));

    private static string There(Tally<string> found)
    {
        var shown = found
            .Rows.Take(MostNamed)
            .Select(r => $"{UntrustedText.Shown(UntrustedText.Brief(r.Value, Longest))} ({Counted.Of(r.Runs, "run")})")
            .ToList();
        var more = found.Values.Count - shown.Count;
        return shown.Count == 0
            ? ""
            : $" There are {string.Join(", ", shown)}{(more > 0 ? $" and {more} more" : "")}; --target=Runs shows all.";
    }
}
