using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Operator.Explain;

/// <summary>
/// Why the ledger of a workflow has no line of a run: the database had none, or it was not requested; and which workflow has one.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="settings">The workflow's settings.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="askedAt">When the run documents were asked for, UTC.</param>
public sealed class UnconsideredRuns(IFileSystem disk, OutsourceSettings settings, WorkflowOnDisk workflow, DateTimeOffset askedAt)
{
    /// <summary>Maximum number of other workflows that are searched, newest first.</summary>
    private const int Others = 50;

    /// <summary>One sentence for the runs that the database did not have, one for those that were not requested.</summary>
    /// <param name="runs">Runs without a line, ascending; at least one.</param>
    public UsageException Refusal(IReadOnlyList<int> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        List<Fault> faults = [];
        if (runs.Where(IsAskedFor).ToList() is { Count: > 0 } unknown)
        {
            faults.Add(
                new Fault(
                    $"the run database had no {Describe(unknown)} when workflow '{workflow.Name}' asked it "
                        + $"({askedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}), "
                        + $"so there is nothing to explain. Correct --run; {Command(unknown, "Explain")} --fresh asks the database "
                        + "again."
                )
            );
        }

        if (runs.Where(r => !IsAskedFor(r)).ToList() is { Count: > 0 } outside)
        {
            faults.Add(
                new Fault(
                    $"workflow '{workflow.Name}' did not consider {Describe(outside)}: it was made for {Scope()}. "
                        + (
                            Considering(outside) is { } other
                                ? $"Workflow '{other}' considered {Counted.Word(outside.Count, "it", "them")}: "
                                    + $"{Command(outside, "Explain")} --name={other}"
                                : $"{Command(outside, "DryRun")} considers {Counted.Word(outside.Count, "it", "them")}."
                        )
                )
            );
        }

        return new UsageException(faults);
    }

    private bool IsAskedFor(int run) =>
        settings.Runs is { } named ? named.Contains(run)
        : settings.TimesText.Length == 0 && run >= settings.LowestRun && run <= (settings.To ?? int.MaxValue);

    private string Scope() =>
        settings.Runs is { } named
            ? $"{Counted.Word(named.Length, "run", "the runs")} {OnlyRuns.Text(named)} alone"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"runs from "
                    + $"{settings.LowestRun}{(settings.From is null ? " (min_run_number)" : "")}"
                    + $"{(settings.To is { } to ? $" to {to}" : "")}"
                    + $"{(settings.TimesText is { Length: > 0 } times ? $" with {times}" : "")}"
            );

    private static string Describe(List<int> runs) => $"{Counted.Word(runs.Count, "run", "runs")} {OnlyRuns.Text(runs)}";

    private static string Command(List<int> runs, string target) => $"--target={target} --run={string.Join(',', runs)}";

    /// <summary>The newest other workflow whose ledger has a line of all these runs, or null.</summary>
    private string? Considering(List<int> runs)
    {
        var folder = Path.GetDirectoryName(workflow.Folder)!;
        if (!disk.Directory.Exists(folder))
        {
            return null;
        }

        return disk
            .Directory.GetDirectories(folder)
            .Where(f => f != workflow.Folder && Path.GetFileName(f) is { Length: > 0 } name && name[0] != '.')
            .Select(f => (Name: Path.GetFileName(f), Ledger: Path.Combine(f, LedgerFile.FileName)))
            .Where(o => disk.File.Exists(o.Ledger))
            .OrderByDescending(o => disk.File.GetLastWriteTimeUtc(o.Ledger))
            .Take(Others)
            .FirstOrDefault(o => Has(o.Ledger, runs))
            .Name;
    }

    private bool Has(string ledger, List<int> runs)
    {
        var left = runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"{{\"run\":{run},")).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var line in BoundedText.Lines(disk, ledger))
            {
                if (line.IndexOf(',', StringComparison.Ordinal) is > 0 and var end && left.Remove(line[..(end + 1)]) && left.Count == 0)
                {
                    return true;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then another one may have them.
        }

        return false;
    }
}
