using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Spectre.Console;

namespace Outsource.Operator.DryRun;

/// <summary>The output of a dry run: outcomes, what was left out and why, jobs, totals and the next command.</summary>
/// <param name="loaded">The configuration.</param>
/// <param name="runsConsidered">Runs in the ledger.</param>
/// <param name="totals">The ledger's totals.</param>
/// <param name="plan">The plan.</param>
/// <param name="digest">Digest of the plan, for the next command; null: the command is not bound to it.</param>
public sealed class DryRunReport(LoadedConfiguration loaded, int runsConsidered, LedgerTotals totals, JobPlan plan, string? digest = null)
{
    /// <summary>Whether each run is listed, not only the ranges.</summary>
    public bool AllRuns { get; init; }

    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        console.Write(Outcomes());
        console.Line(
            $"{Counted.Of(totals.Total, "line")} = {Counted.Of(runsConsidered, "run")} considered x "
                + (loaded.Levels is { } levels
                    ? $"{levels.Units.Length} data types and levels requested."
                    : $"{Counted.Of(loaded.Settings.DataTypes.Length, "data type")} requested.")
        );
        DrawLeftOut(console);
        DrawJobs(console);
        console.Line();
        foreach (var line in Totals())
        {
            console.Line(line);
        }

        console.Line();
        console.Line(NextStep());
    }

    /// <summary>The sums, one line each.</summary>
    public IEnumerable<string> Totals()
    {
        yield return $"Runs {Number(plan.Runs)}, jobs {Number(plan.Jobs)}, chunks {Number(plan.Chunks)}, requested cores "
            + $"{Number(plan.Cores)}, input staged {Terabytes(plan.InputBytes)} TB"
            + (plan.GroupsOfUnknownSize > 0 ? $" (and {Counted.Of(plan.GroupsOfUnknownSize, "input")} of unknown size)." : ".");
        if (!plan.Groups.IsEmpty)
        {
            var runs = plan.Groups.Select(g => g.Run);
            yield return $"Runs to process: {(AllRuns ? RunRanges.All(runs) : RunRanges.Text(runs))}. "
                + "The file runlist.txt lists all of them.";
        }

        yield return $"Image {loaded.Settings.Image.Path}: {ProofText}.";
        yield return $"The artifacts of this dry run are in {loaded.Settings.GeneratedFolder}";
    }

    /// <summary>The next command.</summary>
    public string NextStep()
    {
        var settings = loaded.Settings;
        if (plan.Groups.IsEmpty)
        {
            return "Nothing to do. The ledger has the reasons for all runs and data types.";
        }

        // The demo ends with a workflow file: there is no grid for it.
        return settings.Demo
            ? "Next, to write the workflow of this plan (with your own .xenon_config: --target=Submit):\n  "
                + $"{ProgramCommand.Program} --target=WriteWorkflow --reuse --name={settings.Name}{Again()}"
            : $"Next, to submit this plan (without --reuse the services are asked again):\n  {ProgramCommand.Program} --target=Submit "
                + $"--reuse --name={settings.Name}{Again()}";
    }

    /// <summary>The options that --reuse does not take from the plan: those that lead to it, or allow something.</summary>
    private string Again()
    {
        var settings = loaded.Settings;
        var words = new StringBuilder(digest is null ? "" : $" --plan={digest}");
        if (settings.Origins.GetValueOrDefault("config_file") == "argument --config")
        {
            words.Append(" --config=").Append(ShellText.Quote(settings.ConfigFile));
        }

        if (settings.Origins.GetValueOrDefault("work_dir") == "argument --set")
        {
            words.Append(" --set work_dir=").Append(ShellText.Quote(settings.WorkDir));
        }

        if (settings.Origins.GetValueOrDefault("demo") == "argument --demo")
        {
            words.Append(" --demo");
        }

        return words.Append(Repeated(settings)).Append(settings.IncludeInFlight ? " --include-in-flight" : "").ToString();
    }

    private static string Repeated(OutsourceSettings settings) =>
        !settings.Force ? ""
        : settings.Origins.GetValueOrDefault("ignore_processed") == "argument --ignore-processed" ? " --ignore-processed"
        : " --force";

    private string ProofText =>
        loaded.Proof switch
        {
            ImageProof.Proven =>
                $"it has the tag of the context document {loaded.Context.Name} (straxen {loaded.Context.StraxenVersion}), so the "
                    + "jobs' hashes are known",
            ImageProof.Unproven =>
                "UNPROVEN, image or context document has no release tag, or the only document is of another release; whether the "
                    + "jobs' hashes match is unknown",
            _ => $"MISMATCH ACCEPTED, the context document {loaded.Context.Name} is of release {loaded.Context.Tag ?? "(none)"}",
        };

    private ReportTable Outcomes()
    {
        var table = new ReportTable(new OutcomesTable());
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            table.AddRow(new Cell(ReasonCodes.Spell(outcome), ColourOf(outcome)), Number(totals.Of(outcome)));
        }

        table.AddRow("total", Number(totals.Total));
        return table;
    }

    private void DrawLeftOut(IAnsiConsole console)
    {
        var rows = totals.Rows.Where(r => r.Outcome != Outcome.Process).ToList();
        if (rows.Count == 0)
        {
            return;
        }

        console.Line();
        console.Line("Left out, and why:");
        var table = new ReportTable(new LeftOutTable());
        foreach (var (outcome, reason, count, example) in rows)
        {
            table.AddRow(
                new Cell(ReasonCodes.Spell(outcome), ColourOf(outcome)),
                ReasonCodes.Spell(reason),
                Number(count),
                UntrustedText.Brief(example)
            );
        }

        console.Write(table);
    }

    private void DrawJobs(IAnsiConsole console)
    {
        if (plan.Groups.IsEmpty)
        {
            return;
        }

        console.Line();
        console.Line("Jobs:");
        var table = new ReportTable(new PlannedJobsTable());
        foreach (var (name, sums) in plan.PerJobName)
        {
            table.AddRow(
                name,
                Number(sums.Jobs),
                Range(Number(sums.Least.MemoryMb), Number(sums.Most.MemoryMb)),
                Range(Amount(sums.Least.DiskKb / 1e6), Amount(sums.Most.DiskKb / 1e6)),
                Amount(sums.MemoryMb / 1e3),
                (sums.DiskKb / 1e9).ToString("N2", CultureInfo.InvariantCulture)
            );
        }

        table.AddRow(
            "total",
            Number(plan.Jobs),
            "",
            "",
            Amount(plan.PerJobName.Values.Sum(s => s.MemoryMb) / 1e3),
            (plan.PerJobName.Values.Sum(s => s.DiskKb) / 1e9).ToString("N2", CultureInfo.InvariantCulture)
        );
        console.Write(table);
        if (loaded.Levels is not null)
        {
            DrawAttempts(console);
        }
    }

    /// <summary>What all jobs together ask for at each attempt, if all of them got so far.</summary>
    private void DrawAttempts(IAnsiConsole console)
    {
        var ladder = PlannedAttempts.LadderOf(loaded.Settings);
        var sums = plan.PerJobName.Values.ToList();
        console.Line();
        console.Line("Jobs ask for more when they are retried:");
        var table = new ReportTable(new AttemptsTable());
        for (var retry = 0; retry < ladder.Attempts; retry++)
        {
            table.AddRow(
                Number(retry + 1),
                Amount(sums.Sum(s => ladder.At(s.MemoryMb, retry)) / 1e3),
                (sums.Sum(s => ladder.At(s.DiskKb, retry)) / 1e9).ToString("N2", CultureInfo.InvariantCulture),
                Number(sums.Max(s => ladder.WholeAt(s.Most.MemoryMb, retry))),
                Limits(ladder, retry)
            );
        }

        console.Write(table);
    }

    private string Limits(RetryLadder ladder, int retry)
    {
        var settings = loaded.Settings;
        string? Text(string what, double? hours) =>
            hours is { } first ? string.Create(CultureInfo.InvariantCulture, $"{what} {ladder.At(first, retry):0.##} h") : null;
        var limits = new[]
        {
            Text("idle", settings.PegasusMaxHoursIdle),
            Text("lower", settings.PegasusMaxHoursLower),
            Text("combine", settings.PegasusMaxHoursCombine),
            Text("upper", settings.PegasusMaxHoursUpper),
        }.OfType<string>();
        return string.Join(", ", limits) is { Length: > 0 } text ? text : "never";
    }

    private static Style ColourOf(Outcome outcome) =>
        outcome switch
        {
            Outcome.Process => new Style(Color.Green),
            Outcome.FaultyDocument or Outcome.SourceError or Outcome.NotFound => new Style(Color.Red),
            Outcome.InputMissing or Outcome.InFlight => new Style(Color.Yellow),
            Outcome.AlreadyProcessed or Outcome.Excluded or Outcome.NotApplicable => Style.Plain,
        };

    private static string Range(string least, string most) => least == most ? most : $"{least} to {most}";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Rounded, but a small amount is not shown as zero.</summary>
    private static string Amount(double value) => value.ToString(value < 10 ? "0.##" : "N0", CultureInfo.InvariantCulture);

    private static string Terabytes(long bytes) => (bytes / 1e12).ToString("N3", CultureInfo.InvariantCulture);
}
