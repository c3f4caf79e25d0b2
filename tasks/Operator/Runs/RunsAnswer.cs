using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Spectre.Console;

namespace Outsource.Operator.Runs;

/// <summary>What was counted and what was asked for, with the sentences that all forms of the answer share.</summary>
/// <param name="Inventory">What was counted.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Source">Who was asked.</param>
public sealed record RunsAnswer(RunInventory Inventory, OutsourceSettings Settings, string Source)
{
    /// <summary>Why there is nothing to show.</summary>
    public string NothingThere =>
        Inventory.LeftOut == 0
            ? $"no run is in range: {Range} of {Source}. Look at --run, --from, --to, --since and --until, and at "
                + "min_run_number and max_run_number."
            : $"{Counted.Of(Inventory.LeftOut, "run")} {Counted.Word(Inventory.LeftOut, "is", "are")} in range, but none with "
                + $"{string.Join(' ', Filters)}. --target=Runs without {Counted.Word(Filters.Count, "it", "them")} shows what there is.";

    /// <summary>The numbers that are asked for.</summary>
    public string Range => Numbers + (Settings.Runs is null && Settings.TimesText is { Length: > 0 } times ? $" with {times}" : "");

    private string Numbers =>
        Settings.Runs is { } named ? $"{Counted.Of(named.Length, "run")} named"
        : Settings.HighestRun is { } highest ? string.Create(CultureInfo.InvariantCulture, $"runs {Settings.LowestRun} to {highest}")
        : string.Create(CultureInfo.InvariantCulture, $"runs {Settings.LowestRun} and up");

    /// <summary>The arguments that leave runs out.</summary>
    public IReadOnlyList<string> Filters =>
        [
            .. new[]
            {
                Settings.Modes.IsEmpty ? null : $"--mode={string.Join(',', Settings.Modes)}",
                Settings.Sources.IsEmpty ? null : $"--source={string.Join(',', Settings.Sources)}",
                Settings.Detector is null ? null : $"--detector={Settings.Detector}",
            }.OfType<string>(),
        ];

    /// <summary>What the counts leave out, a sentence each.</summary>
    public IEnumerable<string> Remarks
    {
        get
        {
            foreach (var faulty in Inventory.Faulty)
            {
                var more = faulty.Documents - faulty.Examples.Count;
                var examples = string.Join("; ", faulty.Examples) + (more > 0 ? $"; and {more} more" : "");
                yield return $"{ReasonCodes.Spell(faulty.Reason)}: {Counted.Of(faulty.Documents, "document")}, "
                    + $"{ReasonCodes.Of(faulty.Reason).Meaning} ({examples}).";
            }

            if (Inventory.Missing is { Count: > 0 } missing)
            {
                yield return $"{Source} does not have {Counted.Of(missing.Count, "run")} of those named: {RunRanges.Text(missing)}.";
            }

            if (Inventory.Doubles > 0)
            {
                yield return $"{Counted.Of(Inventory.Doubles, "document")} of runs that were counted already "
                    + $"{Counted.Word(Inventory.Doubles, "is", "are")} not counted again.";
            }

            if (Inventory.ListingOnly > 0)
            {
                yield return $"Of {Counted.Of(Inventory.ListingOnly, "run")} only the listing was read, because the configuration leaves "
                    + "them out: their data types are not counted.";
            }
        }
    }

    /// <summary>Writes it in the form that is asked for.</summary>
    public void Write(IAnsiConsole console, CommandOptions options)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Json)
        {
            console.Profile.Out.Writer.Write(RunsJson.Render(this));
        }
        else if (options.Tsv)
        {
            RunsTsv.Write(console.Profile.Out.Writer, this);
        }
        else
        {
            new RunsReport(this).Draw(console);
        }
    }
}
