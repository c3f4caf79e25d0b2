using System.Collections.Immutable;
using System.Globalization;
using Outsource.CommandLine;
using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;

namespace Outsource.LoadConfig;

/// <summary>
/// The name of the workflow: of its directories, and of what Pegasus knows it by. What exists already is never touched unasked:
/// names made from the date go on counting, others are refused when something would be written.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="FromDate">Whether it was made from the date.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Note">What the operator should hear about it, or null.</param>
public sealed record WorkflowName(string Name, bool FromDate, string Origin, string? Note = null)
{
    /// <summary>The longest name: it becomes part of file names and of paths that HTCondor limits.</summary>
    public const int Longest = 100;

    /// <summary>The targets that write or start a workflow; all others leave an existing one alone.</summary>
    public static ImmutableArray<string> WritingTargets { get; } = ["WriteWorkflow", "PegasusPlan", "PegasusRun", "Submit"];

    /// <summary>The name asked for: <c>--name</c>, else the padded number of the only run, else the date.</summary>
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
    public static string? FaultOf(string name)
    {
        var reason = name.Length == 0 ? "it is empty"
            : name.Length > Longest ? $"it has {name.Length} characters"
            : name[0] is '.' or '-' ? $"it begins with '{name[0]}'"
            : name.Contains("..", StringComparison.Ordinal) ? "it holds '..'"
            : name.Any(c => !Allowed(c)) ? $"it holds {(name.First(c => !Allowed(c)) is var wrong && char.IsControl(wrong) ? "a control character" : $"'{wrong}'")}"
            : null;
        return reason is null ? null : $"--name={(name.Any(char.IsControl) ? "…" : name)} cannot name a workflow, {reason}: letters, digits, '.', '_' and '-' are allowed, at most {Longest}, not beginning with '.' or '-', and no '..'.";
    }

    /// <summary>Settles the name against what is on disk.</summary>
    /// <param name="surroundings">Where we run.</param>
    /// <param name="invocation">What was typed.</param>
    /// <param name="settings">The settings, with the proposed name.</param>
    /// <param name="straxenVersion">Part of the path of the submit directory.</param>
    /// <exception cref="UsageException">The name is taken and the target would write.</exception>
    public WorkflowName Settled(Surroundings surroundings, Invocation invocation, OutsourceSettings settings, string straxenVersion)
    {
        string? Taken(string name)
        {
            var file = Path.Combine(settings.WorkDir, "generated", name, "workflow.yml");
            var folder = Path.Combine(settings.RunsFolder(straxenVersion), name);
            return surroundings.Disk.File.Exists(file) ? file : surroundings.Disk.Directory.Exists(folder) ? folder : null;
        }

        string NextFree()
        {
            for (var i = 2; ; i++)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"-{i}");
                var next = Name[..Math.Min(Name.Length, Longest - suffix.Length)] + suffix;
                if (Taken(next) is null)
                {
                    return next;
                }
            }
        }

        // Alone, a stage works on what is there; reuse asks for what is there: there the stages decide, by fingerprint.
        if (invocation.Exclusive)
        {
            return this;
        }

        if (invocation.Has("reuse"))
        {
            return FromDate ? this with { Name = LatestOfDate(surroundings, settings.WorkDir) } : this;
        }

        if (Taken(Name) is not { } place)
        {
            return this;
        }

        if (FromDate)
        {
            var next = NextFree();
            return this with { Name = next, Note = $"workflow '{Name}' exists already; this one is '{next}'." };
        }

        if (!WritingTargets.Contains(invocation.Target))
        {
            var next = NextFree();
            return this with { Name = next, Note = $"workflow '{Name}' exists already and is left alone; the artifacts of this run go to '{next}'." };
        }

        return invocation.Has("force")
            ? this
            : throw new UsageException($"workflow '{Name}' exists already ({place}). Choose another name with --name=NAME, or pass --force to replace it whole.");
    }

    /// <summary>The names that have artifacts, ascending.</summary>
    public static IReadOnlyList<string> Existing(Surroundings surroundings, string workDir)
    {
        var folder = Path.Combine(workDir, "generated");
        return surroundings.Disk.Directory.Exists(folder)
            ? [.. surroundings.Disk.Directory.GetDirectories(folder).Select(d => Path.GetFileName(d)!).Where(n => FaultOf(n) is null).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>What <c>--exclusive</c> says when it is not told which artifacts to work on.</summary>
    public static UsageException Needed(Surroundings surroundings, string workDir, string target)
    {
        var names = Existing(surroundings, workDir);
        var known = names.Count == 0 ? $"there are none yet below '{Path.Combine(workDir, "generated")}'" : "there are " + string.Join(", ", names.TakeLast(20)) + (names.Count > 20 ? $" and {names.Count - 20} older ones" : "");
        return new UsageException($"--exclusive runs {target} on the artifacts of an earlier run, but --name does not say which: {known}. Pass --name=NAME.");
    }

    private static bool Allowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private string LatestOfDate(Surroundings surroundings, string workDir)
    {
        var last = Existing(surroundings, workDir)
            .Select(n => n == Name ? 1 : n.StartsWith(Name + "-", StringComparison.Ordinal) && int.TryParse(n[(Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i > 1 ? i : 0)
            .DefaultIfEmpty(0).Max();
        return last > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Name}-{last}") : Name;
    }
}
