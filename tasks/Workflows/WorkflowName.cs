using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
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
/// <param name="FromDate">Whether it was made from the date, or from the time, so that it can be counted on.</param>
/// <param name="Origin">Its source.</param>
/// <param name="Note">A message for the operator, or null.</param>
public sealed record WorkflowName(string Name, bool FromDate, string Origin, string? Note = null)
{
    /// <summary>Whether the same command did not finish this workflow before, and continues it now.</summary>
    public bool Resumes { get; init; }

    /// <summary>When the workflow of this name was written that this command replaces: only its files were made. Null: none is.</summary>
    public DateTimeOffset? OverWritten { get; init; }

    /// <summary>Whether tag and context are not in it yet: then names of the same day with any of them are meant.</summary>
    public bool Incomplete { get; init; }

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

    /// <summary>
    /// The requested name: <c>--name</c>, or else, for a plan by type, the padded number of the only run, or else the date; for a plan by
    /// level the end of <see cref="Of"/>.
    /// </summary>
    public static WorkflowName Proposed(string? argument, ImmutableArray<int>? runs, DateTimeOffset clock, PlanKind plan)
    {
        if (argument is not null)
        {
            return new WorkflowName(argument, FromDate: false, "argument --name");
        }

        var run = runs is [var only] ? only.ToString("D6", CultureInfo.InvariantCulture) : null;
        var time = clock.UtcDateTime;
        return plan == PlanKind.ByLevel
            ? new WorkflowName(Stamped(run, clock), FromDate: true, "the time") { Incomplete = true }
            : run is not null
                ? new WorkflowName(run, FromDate: false, "the only run")
                : new WorkflowName(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), FromDate: true, "the date");
    }

    /// <summary>The name with what a plan by level is of: <c>TAG-CONTEXT-XEDOCS[-RRRRRR]-YYYYMMDDHHMM</c>.</summary>
    /// <param name="settings">The settings; image, context and version are used.</param>
    public WorkflowName Of(OutsourceSettings settings) =>
        Incomplete
            ? this with
            {
                Name = Stamped(
                    TimedName.StemOf(
                        [settings.Image.Tag ?? Path.GetFileName(settings.Image.Path), settings.Context, settings.XedocsVersion],
                        TimedName.Of(Name) is { Stem: { Length: > 0 } run } ? run : null
                    ),
                    settings.Clock
                ),
                Incomplete = false,
            }
            : this;

    /// <summary>The name of a workflow with packages of the operator.</summary>
    public WorkflowName WithOwnCode() => this with { Name = TimedName.OwnCode + Name };

    /// <summary>The day, UTC, of a name that was made from the time: <c>2026-11-22</c>.</summary>
    internal string Day =>
        TimedName.Of(Name) is { Day: var day } ? $"{day[..4]}-{day[4..6]}-{day[6..]}" : Name;

    private static string Stamped(string? stem, DateTimeOffset clock) =>
        $"{(stem is null ? "" : stem + "-")}{clock.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture)}";

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
        if (Writes(invocation))
        {
            Replacement.Repair(host.Disk, settings);
        }

        // A stage alone works on what exists; a target that only reads, reads what is named; with --reuse the stages decide by
        // fingerprint.
        if (invocation.Exclusive || (Looks(invocation) && !FromDate))
        {
            return this;
        }

        return new NameChoice(this, host, invocation, new NamesInUse(host, settings, straxenVersion, command), registry).Choose();
    }

    /// <summary>Whether the name was typed: then exactly that name is used.</summary>
    internal bool Typed => Origin == "argument --name";

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

    /// <summary>Whether names may have it.</summary>
    internal static bool Allowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    /// <summary>
    /// The names that have artifacts and were counted on from this one, including it, ascending. Of names with a time these are all of the
    /// same day, with the same beginning.
    /// </summary>
    internal IReadOnlyList<string> OfBase(HostEnvironment host, string workDir)
    {
        var existing = Existing(host, workDir);
        return TimedName.Of(Name) is { } own && FromDate
            ?
            [
                .. Timed(existing)
                    .Where(t => t.Time.Day == own.Day && t.Time.Minute.Length == own.Minute.Length && HasStem(t.Time.Stem, own.Stem))
                    .Select(t => t.Name),
            ]
            :
            [
                .. existing
                    .Select(n => (Name: n, Count: n == Name ? 1 : CountOf(n)))
                    .Where(n => n.Count > 0)
                    .OrderBy(n => n.Count)
                    .Select(n => n.Name),
            ];
    }

    /// <summary>Those of the names that were made from the time, the oldest first.</summary>
    internal static IEnumerable<(string Name, TimedName Time)> Timed(IEnumerable<string> names) =>
        names
            .Select(n => (Name: n, Time: TimedName.Of(n)!))
            .Where(t => t.Time is not null)
            .OrderBy(t => t.Time.Day, StringComparer.Ordinal)
            .ThenBy(t => t.Time.Minute, StringComparer.Ordinal)
            .ThenBy(t => t.Time.Count);

    /// <summary>Whether a name is one of ours; of a name that is not complete, only its end is known.</summary>
    private bool HasStem(string stem, string own) =>
        stem == own || (Incomplete && (own.Length == 0 || stem.EndsWith("-" + own, StringComparison.Ordinal)));

    private int CountOf(string other) =>
        other.StartsWith(Name + "-", StringComparison.Ordinal)
        && int.TryParse(other[(Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 1
            ? count
            : 0;
}
