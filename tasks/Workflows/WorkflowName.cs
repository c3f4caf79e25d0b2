using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>
/// The name of the workflow: of its directories, and in Pegasus. An existing workflow is never changed without a request: names made from
/// the date get the next number, other names are refused if something would be written.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="FromDate">Whether the date made it.</param>
/// <param name="Origin">Its source.</param>
/// <param name="Note">A message for the operator, or null.</param>
public sealed partial record WorkflowName(string Name, bool FromDate, string Origin, string? Note = null)
{
    /// <summary>Whether the same command did not finish this workflow before, and continues it now.</summary>
    public bool Resumes { get; init; }

    /// <summary>When the workflow of this name was written that this command replaces: only its files were made. Null: none is.</summary>
    public DateTimeOffset? OverWritten { get; init; }

    /// <summary>The longest name: it becomes part of file names and of paths that HTCondor limits.</summary>
    public const int Longest = 100;

    /// <summary>The targets that write or start a workflow; all others leave an existing one unchanged.</summary>
    public static ImmutableArray<Target> WritingTargets { get; } =
    [
        Target.WriteWorkflow,
        Target.PegasusPlan,
        Target.PegasusRun,
        Target.Submit,
    ];

    /// <summary>Whether the target writes or starts a workflow.</summary>
    public static bool Writes(Invocation invocation) => invocation.Target is { } target && WritingTargets.Contains(target);

    /// <summary>Whether the target only reads settings and a workflow.</summary>
    public static bool Looks(Invocation invocation) => invocation.Target is Target.Preflight;

    /// <summary>The requested name: <c>--name</c>, or else the padded number of the only run, or else the date.</summary>
    public static WorkflowName Proposed(string? argument, ImmutableArray<int>? runs, DateTimeOffset clock)
    {
        if (argument is not null)
        {
            return new WorkflowName(argument, FromDate: false, "argument --name");
        }

        return runs is [var only]
            ? new WorkflowName(only.ToString("D6", CultureInfo.InvariantCulture), FromDate: false, "the only run")
            : new WorkflowName(clock.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), FromDate: true, "the date");
    }

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? ErrorIn(string name)
    {
        var reason =
            name.Length == 0 ? "it is empty"
            : name.Length > Longest ? $"it has {name.Length} characters"
            : name[0] is '.' or '-' ? $"it begins with '{name[0]}'"
            : name.Contains("..", StringComparison.Ordinal) ? "it contains '..'"
            : name.Any(c => !Allowed(c))
                ? $"it contains "
                    + $"{(name.First(c => !Allowed(c)) is var wrong && char.IsControl(wrong) ? "a control character" : $"'{wrong}'")}"
            : null;
        return reason is null
            ? null
            : $"--name={(name.Any(char.IsControl) ? "…" : name)} is not a valid workflow name ({reason}). Allowed are letters, digits, "
                + $"'.', '_' and '-', at most {Longest} characters, not beginning with '.' or '-', and no '..'.";
    }

    /// <summary>Resolves the name against the workflows on disk.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="invocation">The command line.</param>
    /// <param name="settings">The settings, with the proposed name.</param>
    /// <param name="straxenVersion">Part of the path of the submit directory.</param>
    /// <param name="command">Fingerprint of the request.</param>
    /// <param name="registry">Owners and states of workflows; null: nobody works on any.</param>
    /// <exception cref="UsageException">The name is taken and the target would write.</exception>
    public WorkflowName Resolve(
        HostEnvironment host,
        Invocation invocation,
        OutsourceSettings settings,
        string straxenVersion,
        string command = "",
        IWorkflowRegistry? registry = null
    )
    {
        var writes = Writes(invocation);
        if (writes)
        {
            Replacement.Repair(host.Disk, settings);
        }

        // A stage alone works on what exists; a target that only reads, reads what is named; with --reuse the stages decide by
        // fingerprint.
        if (invocation.Exclusive || (Looks(invocation) && !FromDate))
        {
            return this;
        }

        var names = new NamesInUse(host, settings, straxenVersion, command);
        if (invocation.Options.Reuse)
        {
            return Reused(host, invocation, names, writes ? registry : null);
        }

        if (!writes)
        {
            return ToPlan(host, names);
        }

        if (Stopped(host, settings.WorkDir, command, registry, names.Taken) is { } stopped)
        {
            return stopped;
        }

        if (FromDate)
        {
            return OfDate(host, names, registry);
        }

        return registry?.Claim(Name, command) is { } busy
            ? throw WorkflowClaims.Refusal(Name, busy)
            : OfTyped(invocation, names, registry);
    }

    /// <summary>The name of the workflow to reuse.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="invocation">What was typed.</param>
    /// <param name="names">Names in use.</param>
    /// <param name="registry">Null: nothing will be written.</param>
    private WorkflowName Reused(HostEnvironment host, Invocation invocation, NamesInUse names, IWorkflowRegistry? registry)
    {
        var latest = FromDate ? this with { Name = LatestOfDate(host, names.WorkDir) } : this;
        if (registry?.Claim(latest.Name, names.Command) is { } owner)
        {
            throw WorkflowClaims.Refusal(latest.Name, owner);
        }

        if (registry is null || names.Taken(latest.Name) is not { } there)
        {
            return latest;
        }

        // A workflow to be planned or started must not have been started already. A command that was stopped finds that out later.
        var resumes = registry.Unfinished(latest.Name) == names.Command;
        return !resumes && registry.StatusOf(latest.Name) is { State: DagState.Running or DagState.Unknown or DagState.Ended } started
            ? latest.Existing(invocation, there, started)
            : latest with
            {
                Resumes = resumes,
            };
    }

    /// <summary>The name of a plan. Workflows and plans of other requests stay unchanged.</summary>
    private WorkflowName ToPlan(HostEnvironment host, NamesInUse names)
    {
        if (!Typed && OfBase(host, names.WorkDir).FirstOrDefault(names.IsOurs) is { } again)
        {
            return again == Name
                ? this
                : this with
                {
                    Name = again,
                    Note = $"plan '{again}' has the same options; it is made again.",
                };
        }

        if (names.Taken(Name) is null)
        {
            return !Typed && names.IsOthers(Name) ? Beside(names.NextFree(Name)) : this;
        }

        var free = names.NextFree(Name);
        return this with
        {
            Name = free,
            Note = FromDate
                ? $"workflow '{Name}' exists already; this one is '{free}'."
                : $"workflow '{Name}' exists already and stays unchanged; the artifacts of this run go to '{free}'.",
        };
    }

    /// <summary>A typed name, or that of the only run. What was only written gives it up.</summary>
    private WorkflowName OfTyped(Invocation invocation, NamesInUse names, IWorkflowRegistry? registry)
    {
        if (names.Taken(Name) is not { } place)
        {
            return this;
        }

        var status = registry?.StatusOf(Name);
        return !invocation.Replaces && status is { State: DagState.Unplanned } && names.OnlyWrittenAt(Name) is { } at
            ? this with { OverWritten = at }
            : Existing(invocation, place, status);
    }

    /// <summary>The name of a workflow to be written, counted on from the date.</summary>
    private WorkflowName OfDate(HostEnvironment host, NamesInUse names, IWorkflowRegistry? registry)
    {
        // A name that another command is creating counts as taken, but the same command must not run twice. The plan of the same options
        // comes first; plans of other options are not overwritten.
        var own = OfBase(host, names.WorkDir).FirstOrDefault(names.IsOurs);
        var first = own ?? (names.Taken(Name) is null && !names.IsOthers(Name) ? Name : names.NextFree(Name));
        for (var next = first; ; next = names.NextFree(Name, next == own ? null : next))
        {
            var owner = registry?.Claim(next, names.Command);
            if (owner is { Command: { } other } && other == names.Command)
            {
                throw WorkflowClaims.Refusal(next, owner);
            }

            if (owner is null && names.Taken(next) is null)
            {
                return next == Name ? this
                    : names.Taken(Name) is null ? Beside(next)
                    : this with { Name = next, Note = $"workflow '{Name}' exists already; this one is '{next}'." };
            }
        }
    }

    /// <summary>Whether the name was typed: then exactly that name is used.</summary>
    private bool Typed => Origin == "argument --name";

    /// <summary>Another name, if the plan of other options has the proposed one.</summary>
    private WorkflowName Beside(string name) =>
        this with
        {
            Name = name,
            Note = $"plan '{Name}' was made with other options or settings and stays unchanged; this one is '{name}'.",
        };

    /// <summary>The configuration of the plan of a name, or null: there is none, or it cannot be read.</summary>
    internal static LoadedConfiguration? PlanOf(HostEnvironment host, string workDir, string name) =>
        PlanOf(host, workDir, name, out _);

    /// <summary>The same, with the reason why it cannot be read; null: it can, or there is none.</summary>
    internal static LoadedConfiguration? PlanOf(HostEnvironment host, string workDir, string name, out string? unreadable)
    {
        unreadable = null;
        var path = Path.Combine(workDir, "generated", name, SettingsArtifact.FileName);
        try
        {
            return host.Disk.File.Exists(path) ? SettingsArtifact.Read(host, path) : null;
        }
        catch (UsageException error)
        {
            unreadable = error.Faults[0].Text;
            return null;
        }
    }

    /// <summary>Handles an existing workflow that was named explicitly.</summary>
    private WorkflowName Existing(Invocation invocation, string place, DagStatus? status)
    {
        if (status is { MayRun: true })
        {
            throw new UsageException(
                $"workflow '{Name}' refused: {status.Description}. Check it with --target=Status --name={Name}, or choose another "
                    + $"name with --name=NAME.{status.WayOn(Name)}"
            );
        }

        if (invocation.Replaces)
        {
            return this;
        }

        var words = status is null or { State: DagState.Unplanned } ? "" : $"; {status.Description}";
        var remedy = status is null or { State: DagState.Ended } ? "" : ", --reuse to continue it";
        throw new UsageException(
            $"workflow '{Name}' exists already ({place}{words}).{status?.WayOn(Name)} Choose another name with --name=NAME{remedy}, or "
                + "pass --replace to replace it."
        );
    }

    /// <summary>
    /// The workflow on which the very same command was stopped, or null. All names made from the date are searched: the day may have
    /// changed since.
    /// </summary>
    private WorkflowName? Stopped(
        HostEnvironment host,
        string workDir,
        string command,
        IWorkflowRegistry? registry,
        Func<string, string?> taken
    )
    {
        if (registry is null)
        {
            return null;
        }

        var candidates = FromDate ? Existing(host, workDir).Where(n => DateName().IsMatch(n)).Reverse().Take(50) : [Name];
        foreach (var name in candidates.Where(n => taken(n) is not null && registry.Unfinished(n) == command))
        {
            if (registry.Claim(name, command) is { } owner)
            {
                throw WorkflowClaims.Refusal(name, owner);
            }

            // It may have finished while we waited for it.
            if (registry.Unfinished(name) == command)
            {
                var ended = registry.HasFailed(name) ? "failed" : "was stopped";
                return this with
                {
                    Name = name,
                    Resumes = true,
                    Note = $"the same command {ended} before it finished workflow '{name}': continuing it.",
                };
            }
        }

        return null;
    }

    /// <summary>The names that have artifacts, ascending.</summary>
    public static IReadOnlyList<string> Existing(HostEnvironment host, string workDir)
    {
        var folder = Path.Combine(workDir, "generated");
        return host.Disk.Directory.Exists(folder)
            ?
            [
                .. host
                    .Disk.Directory.GetDirectories(folder)
                    .Select(d => Path.GetFileName(d)!)
                    .Where(n => ErrorIn(n) is null)
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    /// <summary>The error if <c>--exclusive</c> does not name the artifacts.</summary>
    public static UsageException Needed(HostEnvironment host, string workDir, string target)
    {
        var names = Existing(host, workDir);
        var known =
            names.Count == 0
                ? $"there are none yet below '{Path.Combine(workDir, "generated")}'"
                : "there are " + string.Join(", ", names.TakeLast(20)) + (names.Count > 20 ? $" and {names.Count - 20} older ones" : "");
        return new UsageException(
            $"--exclusive runs {target} on the artifacts of an earlier run, but --name does not say which: {known}. Pass --name=NAME."
        );
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[0-9]+)?\z")]
    private static partial System.Text.RegularExpressions.Regex DateName();

    private static bool Allowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private string LatestOfDate(HostEnvironment host, string workDir) =>
        OfBase(host, workDir) is [.., var last] ? last : Name;

    /// <summary>The names that have artifacts and were counted on from this one, including it, ascending.</summary>
    internal IReadOnlyList<string> OfBase(HostEnvironment host, string workDir) =>
        [
            .. Existing(host, workDir)
                .Select(n =>
                    (
                        Name: n,
                        Count: n == Name ? 1
                        : n.StartsWith(Name + "-", StringComparison.Ordinal)
                        && int.TryParse(n[(Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var i)
                        && i > 1
                            ? i
                        : 0
                    )
                )
                .Where(n => n.Count > 0)
                .OrderBy(n => n.Count)
                .Select(n => n.Name),
        ];
}
