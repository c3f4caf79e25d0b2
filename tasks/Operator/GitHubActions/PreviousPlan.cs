using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Ledger;
using Outsource.Operator.Diff;

namespace Outsource.Operator.GitHubActions;

/// <summary>The plan of the previous run of a pipeline (<c>--previous=FOLDER</c>).</summary>
/// <param name="folder">Its folder.</param>
/// <param name="totals">Its ledger's totals.</param>
public sealed class PreviousPlan(PlanFolder folder, LedgerHeader totals)
{
    public PlanFolder Folder => folder;

    /// <summary>Refuses a wrong folder before any service is asked.</summary>
    /// <param name="request">The run.</param>
    /// <exception cref="UsageException">There is something, but no complete plan.</exception>
    public static void Check(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Invocation.Options.Previous is { } typed)
        {
            _ = Find(request.Host, typed);
        }
    }

    /// <summary>Finds it; null if there is none yet, as before the first run.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="typed">The folder as typed.</param>
    /// <exception cref="UsageException">There is something, but no complete plan.</exception>
    public static PreviousPlan? Find(HostEnvironment host, string typed)
    {
        ArgumentNullException.ThrowIfNull(host);
        var path = host.Absolute(typed);
        if (!host.Disk.Directory.Exists(path) && host.Disk.Path.Exists(path))
        {
            throw new UsageException(
                $"--previous: '{path}' is not a folder. Pass the folder with a workflow's artifacts ({{work_dir}}/generated/NAME), or "
                    + $"leave "
                    + "--previous out."
            );
        }

        string[] needed = [SettingsArtifact.FileName, LedgerFile.FileName, JobPlan.FileName];
        var there = needed.Where(f => host.Disk.File.Exists(Path.Combine(path, f))).ToList();
        return there.Count == needed.Length
                ? new PreviousPlan(
                    new PlanFolder(typed, path),
                    new LedgerView(host.Disk, path).ReadHeader()
                )
            : there.Count == 0
            && (!host.Disk.Directory.Exists(path) || !host.Disk.Directory.EnumerateFileSystemEntries(path).Any())
                ? null
            : throw new UsageException(
                $"--previous: '{path}' contains no complete plan: {string.Join(", ", needed.Except(there))} "
                    + $"{(needed.Length - there.Count == 1 ? "is" : "are")} missing. Pass the folder with a workflow's artifacts "
                    + "({work_dir}/generated/NAME), or leave --previous out."
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
