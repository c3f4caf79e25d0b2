using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Levels;

/// <summary>Reads the numbers of <c>tables/levels.yml</c>: what jobs need.</summary>
/// <param name="wrong">Gets what is wrong, with its line.</param>
internal sealed class LevelNumbers(Action<string, int?> wrong)
{
    private const NumberStyles Written = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const string OfContext = "keep_n_seconds_for_monitoring";

    /// <summary>The name of a kind of job in the table.</summary>
    public static string Spell(LevelJob job) =>
        job switch
        {
            LevelJob.Lower => "lower",
            LevelJob.Combine => "combine",
            LevelJob.Upper => "upper",
        };

    /// <summary>Tells every key that is not known.</summary>
    public void RefuseUnknown(YamlMap map, string subject, string[] known)
    {
        foreach (var entry in map.Entries.Where(e => !known.Contains(e.Name)))
        {
            wrong(
                $"{subject}: unknown '{UntrustedText.Shown(entry.Name)}'{NearestName.Hint(entry.Name, known)}. It has "
                    + $"{string.Join(", ", known)}.",
                entry.Line
            );
        }
    }

    /// <summary>The factors on the predictions; a factor that is not named is 1.</summary>
    public LevelFactors Factors(YamlMap root)
    {
        double Factor(string map, string key) =>
            root.Map(map)?[key] is { } value ? Number(value, $"{map}: {key}", least: 1, most: 100) : 1;
        RefuseUnknown(root.Map("redundancy") ?? YamlMap.Empty, "redundancy", ["memory", "disk"]);
        RefuseUnknown(root.Map("saltax") ?? YamlMap.Empty, "saltax", ["memory_redundancy", "disk_factor"]);
        return new LevelFactors(
            Factor("redundancy", "memory"),
            Factor("redundancy", "disk"),
            Factor("saltax", "memory_redundancy"),
            Factor("saltax", "disk_factor")
        );
    }

    /// <summary>A whole number of MB above 0.</summary>
    public int Megabytes(YamlEntry entry) => (int)Math.Max(1, Number(entry.Value, entry.Name, least: 1, most: 100_000));

    /// <summary>The lines of <c>memory</c>.</summary>
    public ImmutableDictionary<LevelJob, Line> Memory(YamlMap map, string subject)
    {
        var jobs = Enum.GetValues<LevelJob>();
        RefuseUnknown(map.Map("memory") ?? YamlMap.Empty, $"{subject}: memory", [.. jobs.Select(Spell)]);
        var lines = ImmutableDictionary.CreateBuilder<LevelJob, Line>();
        foreach (var job in jobs)
        {
            if (map.Map("memory")?[Spell(job)] is { } value)
            {
                var (slope, constant) = Pair(value, $"{subject}: memory: {Spell(job)}", "[slope, constant]");
                lines[job] = new Line(slope, constant);
            }
        }

        return lines.ToImmutable();
    }

    /// <summary>The rates of <c>disk</c>, with <c>first_seconds</c>.</summary>
    public DetectorDisk Disk(YamlMap map, string subject)
    {
        var kinds = ImmutableSortedDictionary.CreateBuilder<string, KindRate>(StringComparer.Ordinal);
        foreach (var kind in map.Entries("disk"))
        {
            var at = $"{subject}: disk: {kind.Name}";
            RefuseUnknown(kind.Map, at, ["rate", "compression"]);
            if (kind.Map["rate"] is not { } rate || kind.Map["compression"] is not { } compression)
            {
                wrong($"{at}: it needs 'rate' and 'compression'.", kind.Line);
                continue;
            }

            var (first, later) = rate is YamlList
                ? Pair(rate, $"{at}: rate", "[first seconds, afterwards]")
                : Same(Number(rate, $"{at}: rate"));
            kinds[kind.Name] = new KindRate(first, later, Number(compression, $"{at}: compression", most: 10));
        }

        var ofContext = map.Text("first_seconds") == OfContext;
        double? seconds =
            !ofContext && map["first_seconds"] is { } value ? Number(value, $"{subject}: first_seconds ({OfContext} or seconds)") : null;
        return new DetectorDisk(kinds.ToImmutable(), seconds, ofContext);
    }

    private static (double First, double Second) Same(double number) => (number, number);

    private (double First, double Second) Pair(YamlValue value, string subject, string what)
    {
        var items = value is YamlList list ? list.Items.ToList() : [];
        if (items.Count == 2)
        {
            return (Number(items[0], subject), Number(items[1], subject));
        }

        wrong($"{subject} must be two numbers, {what}.", value.Line);
        return (0, 0);
    }

    private double Number(YamlValue value, string subject, double least = 0, double most = 1e9)
    {
        if (
            value is YamlScalar { Text: var text }
            && double.TryParse(text, Written, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
        {
            return number;
        }

        wrong(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{subject}: '{UntrustedText.Brief(UntrustedText.Shown(value.ToString()))}' is not a number from {least} to {most}."
            ),
            value.Line
        );
        return least;
    }
}
