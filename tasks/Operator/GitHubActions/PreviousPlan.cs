using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Operator.Diff;

namespace Outsource.Operator.GitHubActions;

/// <summary>The plan of the previous run of a pipeline (<c>--previous=FOLDER</c>).</summary>
/// <param name="folder">Its folder.</param>
/// <param name="totals">Its ledger's totals.</param>
public sealed class PreviousPlan(PlanFolder folder, LedgerHeader totals)
{
    /// <summary>Most folders that are searched for a similar name.</summary>
    private const int MostBeside = 1000;

    public PlanFolder Folder => folder;

    /// <summary>Refuses a wrong folder before any service is asked.</summary>
    /// <param name="request">The run.</param>
    /// <exception cref="UsageException">There is no such folder, or no complete plan in it.</exception>
    public static void Check(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Invocation.Options.Previous is { } typed)
        {
            _ = Find(request.Host, typed);
        }
    }

    /// <summary>Finds it; null if the folder is empty: so the first run of a pipeline says that there is none yet.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="typed">The folder as typed.</param>
    /// <exception cref="UsageException">There is no such folder, or no complete plan in it.</exception>
    public static PreviousPlan? Find(HostEnvironment host, string typed)
    {
        ArgumentNullException.ThrowIfNull(host);
        var path = host.Absolute(typed);
        if (!host.Disk.Directory.Exists(path))
        {
            throw new UsageException(
                $"--previous: '{path}' {(host.Disk.Path.Exists(path) ? "is not a folder" : $"does not exist{Hint(host, path)}")}. Pass the "
                    + "folder with a workflow's artifacts ({work_dir}/generated/NAME), or leave --previous out. The first run of a "
                    + "pipeline has no earlier plan: it says so with an empty folder (mkdir -p)."
            );
        }

        string[] needed = [SettingsArtifact.FileName, LedgerFile.FileName, JobPlan.FileName];
        var there = needed.Where(f => host.Disk.File.Exists(Path.Combine(path, f))).ToList();
        return there.Count == needed.Length
                ? new PreviousPlan(
                    new PlanFolder(typed, path),
                    new LedgerView(host.Disk, path).ReadHeader()
                )
            : there.Count == 0 && !host.Disk.Directory.EnumerateFileSystemEntries(path).Any() ? null
            : throw new UsageException(
                $"--previous: '{path}' contains no complete plan: {string.Join(", ", needed.Except(there))} "
                    + $"{(needed.Length - there.Count == 1 ? "is" : "are")} missing. Pass the folder with a workflow's artifacts "
                    + "({work_dir}/generated/NAME), or leave --previous out."
            );
    }

    /// <summary>The folder beside it whose name is most alike.</summary>
    private static string Hint(HostEnvironment host, string path)
    {
        var beside = Path.GetDirectoryName(path);
        return beside is null || !host.Disk.Directory.Exists(beside)
            ? ""
            : NearestName.Hint(
                Path.GetFileName(path),
                host.Disk.Directory.EnumerateDirectories(beside).Take(MostBeside).Select(f => Path.GetFileName(f))
            );
    }

    /// <summary>
    /// What has become fewer: considered runs, lines of the ledger, and the sum of lines to process and already processed. The lines to
    /// process alone do become fewer from day to day, because they become already processed.
    /// </summary>
    public IEnumerable<string> Shrunk(int runs, LedgerTotals now)
    {
        ArgumentNullException.ThrowIfNull(now);
        long Before(Outcome outcome) => totals.Totals.GetValueOrDefault(ReasonCodes.Spell(outcome));
        (string What, long Before, long Now)[] values =
        [
            ("runs considered", totals.Runs, runs),
            ("lines of the ledger", totals.Lines, now.Total),
            (
                "lines to process or already processed",
                Before(Outcome.Process) + Before(Outcome.AlreadyProcessed),
                now.Of(Outcome.Process) + now.Of(Outcome.AlreadyProcessed)
            ),
        ];
        return values
            .Where(v => v.Now < v.Before)
            .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.What}: {v.Before:N0} -> {v.Now:N0}"));
    }
}
