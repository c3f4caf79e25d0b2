using System.Globalization;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Workflows;

/// <summary>Which workflow names are in use below a work_dir, and by what.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="settings">The current settings.</param>
/// <param name="straxenVersion">Part of the path of submit directories.</param>
/// <param name="command">Fingerprint of the request.</param>
internal sealed class NamesInUse(HostEnvironment host, OutsourceSettings settings, string straxenVersion, string command)
{
    /// <summary>The command that made the plan of a name. A plan that cannot be read counts as none.</summary>
    private readonly Dictionary<string, string?> _plans = new(StringComparer.Ordinal);

    public string WorkDir => settings.WorkDir;

    /// <summary>Fingerprint of the request.</summary>
    public string Command => command;

    /// <summary>What exists of a workflow of that name; null: nothing.</summary>
    public string? Taken(string name)
    {
        var file = Path.Combine(settings.WorkDir, "generated", name, WorkflowFolder.Workflow);
        var folder = Path.Combine(settings.RunsFolder(straxenVersion), name);
        return host.Disk.File.Exists(file) ? file
            : host.Disk.Directory.Exists(folder) ? folder
            : null;
    }

    /// <summary>
    /// When the workflow of that name was written, if nothing else was ever done with it: nobody began to plan or to start it, and there is
    /// no submit directory of any release. Null: more was done, or it cannot be known.
    /// </summary>
    public DateTimeOffset? OnlyWrittenAt(string name)
    {
        var folder = Path.Combine(settings.WorkDir, "generated", name);
        var file = Path.Combine(folder, WorkflowFolder.Workflow);
        var nothingMore =
            host.Disk.File.Exists(file)
            && !host.Disk.Directory.Exists(Path.Combine(settings.RunsFolder(straxenVersion), name))
            && new[] { WorkflowOnDisk.PlannedFile, WorkflowOnDisk.SubmissionFile }.All(f => !host.Disk.File.Exists(Path.Combine(folder, f)))
            && new JournalFile(host.Disk, folder).Read().All(e => e.Step == Step.Submission)
            && WorkflowOnDisk.Read(host.Disk, settings.WorkDir, name) is { Submit: null, Damage.IsEmpty: true };
        return nothingMore ? new DateTimeOffset(host.Disk.File.GetLastWriteTimeUtc(file)) : null;
    }

    /// <summary>Whether another command's plan has that name.</summary>
    public bool IsOthers(string name) => PlannedBy(name) is { } made && made != command;

    /// <summary>Whether this command's plan has that name, and no workflow was written from it.</summary>
    public bool IsOurs(string name) => PlannedBy(name) == command && Taken(name) is null;

    /// <summary>The next free name: <c>2026-11-22-2</c>.</summary>
    /// <param name="name">The name to count from.</param>
    /// <param name="after">The last name that was tried; null: none.</param>
    public string NextFree(string name, string? after = null)
    {
        for (var i = 2; ; i++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"-{i}");
            var next = name[..Math.Min(name.Length, WorkflowName.Longest - suffix.Length)] + suffix;
            if (after is not null && after != name)
            {
                after = next == after ? null : after;
            }
            else if (Taken(next) is null && !IsOthers(next))
            {
                return next;
            }
        }
    }

    private string? PlannedBy(string name)
    {
        if (!_plans.TryGetValue(name, out var made))
        {
            _plans[name] = made = WorkflowName.PlanOf(host, settings.WorkDir, name)?.Command;
        }

        return made;
    }
}
