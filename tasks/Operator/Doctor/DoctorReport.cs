using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Model.Failures;
using Outsource.Operator.Diagnosis;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Doctor;

/// <summary>What Doctor found, as an operator reads it.</summary>
public static class DoctorReport
{
    private const int MostNamed = 3;

    /// <summary>Draws it.</summary>
    public static void Draw(IAnsiConsole console, Examination found)
    {
        ArgumentNullException.ThrowIfNull(found);
        console.Line(Summary(found));
        if (!found.Groups.IsEmpty)
        {
            var table = new ReportTable(new CausesTable());
            foreach (var group in found.Groups.Select(g => g.Jobs))
            {
                table.AddRow(
                    new Cell(group.Name),
                    new Cell(group.IsHeld ? "held" : "failed"),
                    new Cell(Number(group.Jobs.Length)),
                    new Cell(Number(group.Runs.Length)),
                    new Cell(RetryOf(group)),
                    new Cell(group.Known?.Title ?? "not in the table of causes"),
                    new Cell(group.Sites.IsEmpty ? "-" : string.Join(", ", group.Sites.Take(MostNamed)))
                );
            }

            console.Write(table);
        }

        foreach (var group in found.Groups)
        {
            console.Line();
            foreach (var line in Lines(group))
            {
                console.Line(line);
            }
        }

        DrawSites(console, found);
    }

    /// <summary>The first line.</summary>
    public static string Summary(Examination found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var held = found.Groups.Where(g => g.Jobs.IsHeld).Sum(g => g.Jobs.Jobs.Length);
        var retried = found.Retried == 0 ? "" : $" {Counted.Of(found.Retried, "job")} failed so far and will be tried again.";
        return $"Workflow {found.Status.Name}: {StateNames.Spell(found.Status.State)}. {Counted.Of(found.Jobs - held, "job")} failed, "
            + $"{held:N0} held, of {Counted.Of(found.Groups.Select(g => g.Jobs.Name).Distinct().Count(), "cause")}.{retried}";
    }

    /// <summary>A group: what it is, what to do, and the command.</summary>
    public static IEnumerable<string> Lines(TreatedGroup treated)
    {
        ArgumentNullException.ThrowIfNull(treated);
        var (group, command) = (treated.Jobs, treated.Command);
        yield return $"{group.Name}: {Counted.Of(group.Jobs.Length, "job")} {(group.IsHeld ? "held" : "failed")}"
            + $"{(group.Known is { } known ? $", {known.Title}" : "")}";
        if (group.Excerpt is { } excerpt)
        {
            yield return $"    | {UntrustedText.Shown(excerpt)}";
        }

        var more = group.Jobs.Length > MostNamed ? $" and {Number(group.Jobs.Length - MostNamed)} more" : "";
        yield return $"    jobs: {string.Join(", ", group.Jobs.Take(MostNamed).Select(j => j.Node.Node.Name))}{more}";
        if (!group.Runs.IsEmpty)
        {
            yield return $"    runs: {RunRanges.Text(group.Runs)}";
        }

        if (Used(group) is { } used)
        {
            yield return $"    {used}";
        }

        yield return $"    {Remedy(group)}";
        yield return $"    {(command.AfterItsEnd ? "when the workflow has ended: " : "")}{command.Text}";
    }

    private static string Remedy(CauseGroup group) =>
        group.Known?.Remedy
        ?? $"Read the log of one. --cause={group.Name} names these jobs for {(group.IsHeld ? "Release and Remove" : "Resubmit")}; add the "
            + "cause to causes.yml in tables_folder.";

    private static string RetryOf(CauseGroup group) =>
        group.Known switch
        {
            null => "?",
            { Retryable: true } => "yes",
            _ => "no",
        };

    private static string? Used(CauseGroup group)
    {
        var memory = group.Jobs.Select(j => j.Node.Memory).MaxBy(m => m?.Used ?? -1);
        var disk = group.Jobs.Select(j => j.Node.Disk).MaxBy(m => m?.Used ?? -1);
        return group.Known?.Mending switch
        {
            Mending.Memory when memory?.Used is { } used => $"at most {Number(used)} MB used, {Asked(memory, "MB")} requested",
            Mending.Disk when disk?.Used is { } used => $"at most {Number(used)} KB used, {Asked(disk, "KB")} requested",
            _ => null,
        };
    }

    private static string Asked(Usage usage, string unit) => usage.Requested is { } asked ? $"{Number(asked)} {unit}" : "an unknown amount";

    private static void DrawSites(IAnsiConsole console, Examination found)
    {
        if (found.BadSites.IsEmpty)
        {
            return;
        }

        console.Line();
        foreach (var site in found.BadSites)
        {
            var tries = Counted.Of(site.Attempts, "finished try", "finished tries");
            console.Line($"Site {site.Site}: {Number(site.Failed)} of {tries} failed.");
        }

        console.Line(
            found.AwayFromSites is { } command
                ? $"To keep all open jobs away{(command.AfterItsEnd ? ", when the workflow has ended" : "")}: {command.Text}"
                : "Their names have blanks: write them into exclude_sites, and plan again."
        );
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
