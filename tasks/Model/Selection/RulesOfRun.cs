using System.Collections.Immutable;
using System.Globalization;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>The rules about a run as a whole. They need the fields of a listing only.</summary>
internal static class RulesOfRun
{
    /// <summary>The table of these rules.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="excludingTags">The tags that leave a run out, where the configuration names none.</param>
    public static RuleTable<RunDocument> Of(OutsourceSettings settings, ImmutableArray<string> excludingTags) =>
        new([
            MinRunNumber(settings.MinRunNumber),
            Range(settings),
            Tags(new NamePatterns(settings.IncludeTags), new NamePatterns(settings.ExcludeTags ?? excludingTags)),
            settings.Modes.IsEmpty
                ? ConfiguredModes(new NamePatterns(settings.IncludeModes), new NamePatterns(settings.ExcludeModes))
                : ModesOfOption(settings.Modes),
            settings.Sources.IsEmpty
                ? ConfiguredSources(new NamePatterns(settings.IncludeSources), new NamePatterns(settings.ExcludeSources))
                : SourcesOfOption(settings.Sources),
            settings.Detector is { } detector ? Detector(detector) : AllDetectors(),
        ]);

    private static SelectionRule<RunDocument> MinRunNumber(int lowest) =>
        new(
            Rule.MinRunNumber,
            [
                new(
                    Reason.BelowMinRunNumber,
                    run => run.Number < lowest,
                    run => $"run {run.Number} is below min_run_number = {lowest}"
                ),
            ],
            run => $"run {run.Number} is not below min_run_number = {lowest}"
        );

    private static SelectionRule<RunDocument> Range(OutsourceSettings settings)
    {
        var bounds = string.Join(
            ' ',
            new[] { settings.From is { } from ? $"--from={from}" : null, settings.To is { } to ? $"--to={to}" : null }.OfType<string>()
        );
        var (lowest, highest) = (settings.LowestRun, settings.To ?? int.MaxValue);
        var (first, last, times) = (settings.Since?.First, settings.Until?.Last, settings.TimesText);
        return new(
            Rule.Range,
            [
                new(
                    Reason.AboveMaxRunNumber,
                    run => run.Number > settings.MaxRunNumber,
                    run => $"run {run.Number} is above max_run_number = {settings.MaxRunNumber}"
                ),
                new(
                    Reason.OutsideRange,
                    run => run.Number < lowest || run.Number > highest,
                    run => $"run {run.Number} is outside {bounds}"
                ),
                new(Reason.StartFaulty, run => times.Length > 0 && run is { Began: null, ListingOnly: false }, StartFault),
                new(
                    Reason.OutsideRange,
                    run => run.Began is { } began && (began < first || began > last),
                    run => $"run {run.Number} started at {Started(run)}, outside {times}"
                ),
            ],
            run =>
                (bounds.Length == 0 ? "no --from and no --to is given" : $"run {run.Number} is within {bounds}")
                + (times.Length == 0 ? "" : $"; it started at {Started(run)}, within {times}")
        );
    }

    private static string Started(RunDocument run) =>
        run.Began?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";

    private static string StartFault(RunDocument run) =>
        run.Start is { } start ? $"'start' is '{ExtendedJson.Shortened(start)}', which is not a time" : "'start' is missing or not a time";

    private static SelectionRule<RunDocument> Tags(NamePatterns include, NamePatterns exclude)
    {
        var excluded = exclude.IsEmpty ? "and exclude_tags is empty" : $"none of {exclude}";
        var included = include.IsEmpty ? "" : $", and one of include_tags = {include}";
        return new(
            Rule.Tags,
            [
                new(Reason.Tagged, run => run.Tags.Any(exclude.Match), run => $"tag {run.Tags.First(exclude.Match)}"),
                new(
                    Reason.TagNotIncluded,
                    run => !include.IsEmpty && !run.Tags.Any(include.Match),
                    run => $"{Listed(run)}, none of include_tags = {include}"
                ),
            ],
            run => $"{Listed(run)}, {excluded}{included}"
        );

        static string Listed(RunDocument run) => run.Tags.IsEmpty ? "no tags" : $"tags {string.Join(", ", run.Tags)}";
    }

    /// <summary>With --mode neither include_modes nor exclude_modes applies.</summary>
    private static SelectionRule<RunDocument> ModesOfOption(ImmutableArray<string> modes)
    {
        ImmutableHashSet<string> names = [.. modes];
        var option = $"--mode={string.Join(',', modes)}";
        return new(
            Rule.Mode,
            [new(Reason.ModeNotAsked, run => !names.Contains(run.Mode!), run => $"mode {run.Mode} is not in {option}")],
            run => $"mode {run.Mode} is in {option}"
        );
    }

    private static SelectionRule<RunDocument> ConfiguredModes(NamePatterns include, NamePatterns exclude)
    {
        var included = include.IsEmpty ? "" : $", but in include_modes = {include}";
        return new(
            Rule.Mode,
            [
                new(Reason.ModeExcluded, run => exclude.Match(run.Mode!), run => $"mode {run.Mode} is in exclude_modes"),
                new(
                    Reason.ModeNotIncluded,
                    run => !include.IsEmpty && !include.Match(run.Mode!),
                    run => $"mode {run.Mode} is not in include_modes = {include}"
                ),
            ],
            run => $"mode {run.Mode} is not in exclude_modes{included}"
        );
    }

    /// <summary>With --source neither include_sources nor exclude_sources applies.</summary>
    private static SelectionRule<RunDocument> SourcesOfOption(ImmutableArray<string> sources)
    {
        ImmutableHashSet<string> names = [.. sources];
        var option = $"--source={string.Join(',', sources)}";
        return new(
            Rule.Source,
            [
                new(
                    Reason.SourceNotAsked,
                    run => run.Source is null || !names.Contains(run.Source),
                    run => $"source {SourceOf(run)} is not in {option}"
                ),
            ],
            run => $"source {SourceOf(run)} is in {option}"
        );
    }

    private static SelectionRule<RunDocument> ConfiguredSources(NamePatterns include, NamePatterns exclude)
    {
        var included = include.IsEmpty ? "and no --source is given" : $"which is in include_sources = {include}";
        return new(
            Rule.Source,
            [
                new(
                    Reason.SourceExcluded,
                    run => run.Source is { } known && exclude.Match(known),
                    run => $"source {SourceOf(run)} is in exclude_sources"
                ),
                new(
                    Reason.SourceNotIncluded,
                    run => !include.IsEmpty && (run.Source is null || !include.Match(run.Source)),
                    run => $"source {SourceOf(run)} is not in include_sources = {include}"
                ),
            ],
            run => $"source {SourceOf(run)}, {included}"
        );
    }

    private static string SourceOf(RunDocument run) => run.Source ?? "(none given)";

    private static SelectionRule<RunDocument> Detector(string detector) =>
        new(
            Rule.Detector,
            [
                new(
                    Reason.RunWithoutDetector,
                    run => !run.Detectors.Contains(detector),
                    run => $"detector {detector} is not among {string.Join(", ", run.Detectors)}"
                ),
            ],
            run => $"detector {detector} is among {string.Join(", ", run.Detectors)}"
        );

    private static SelectionRule<RunDocument> AllDetectors() => new(Rule.Detector, [], _ => "all detectors are asked for");
}
