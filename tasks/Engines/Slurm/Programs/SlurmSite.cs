using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>A partition.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxTime">Longest time limit of a job; null: none.</param>
/// <param name="State">In Slurm's words: UP, DOWN, DRAIN, INACTIVE.</param>
/// <param name="Accounts">The accounts that may use it; empty: all.</param>
/// <param name="Qos">The QOS that may use it; empty: all.</param>
public sealed record SlurmPartition(
    string Name,
    TimeSpan? MaxTime,
    string State,
    ImmutableArray<string> Accounts,
    ImmutableArray<string> Qos
);

/// <summary>Asks how a computing centre is set up, and changes jobs in its queue.</summary>
/// <param name="programs">The programs.</param>
public sealed partial class SlurmSite(ISlurmPrograms programs)
{
    /// <summary>Jobs in one call: the length of a command line is limited.</summary>
    private const int Batch = 500;

    /// <summary>A partition; null: there is none of that name.</summary>
    /// <exception cref="OutsourceException">Slurm did not answer.</exception>
    public SlurmPartition? Partition(string name)
    {
        var said = programs.Run("scontrol", ["-o", "show", "partition", name]);
        if (said.ExitCode != 0)
        {
            return said.Lines.Any(l => l.Contains("not found", StringComparison.Ordinal)) ? null : throw Failed("scontrol", said);
        }

        var line = string.Join(' ', said.Out);
        string Value(string key) => Regex.Match(line, $@"(?:^|\s){key}=(\S*)", RegexOptions.CultureInvariant).Groups[1].Value;
        ImmutableArray<string> Names(string key) => Value(key) is "ALL" or "" ? [] : [.. Value(key).Split(',')];
        return new SlurmPartition(name, TimeLimit(Value("MaxTime")), Value("State"), Names("AllowAccounts"), Names("AllowQos"));
    }

    /// <summary>The names of all QOS, or the accounts of a user; null: this Slurm keeps no accounts, so none is known.</summary>
    /// <param name="words"><c>qos format=name</c> or <c>assoc user=NAME format=account</c>.</param>
    private ImmutableHashSet<string>? Accounting(params ImmutableArray<string> words)
    {
        try
        {
            var said = programs.Run("sacctmgr", ["-n", "-P", "show", .. words]);
            return said.ExitCode == 0
                ? [.. said.Out.Select(l => l.Trim().TrimEnd('|')).Where(l => l.Length > 0)]
                : null;
        }
        catch (OutsourceException)
        {
            return null;
        }
    }

    /// <summary>The names of all QOS; null: this Slurm keeps no accounts, so none is known.</summary>
    public ImmutableHashSet<string>? Qos() => Accounting("qos", "format=name");

    /// <summary>The accounts of a user; null: this Slurm keeps no accounts, so none is known.</summary>
    public ImmutableHashSet<string>? AccountsOf(string user) => Accounting("assoc", $"user={user}", "format=account");

    /// <summary>The nodes of a partition that have a feature; empty also where Slurm does not answer.</summary>
    public ImmutableArray<string> NodesWith(string feature, string? partition)
    {
        try
        {
            var said = programs.Run(
                "sinfo",
                ["-h", "-N", .. partition is null ? Array.Empty<string>() : ["-p", partition], "-o", "%N|%f"]
            );
            return said.ExitCode != 0
                ? []
                :
                [
                    .. said
                        .Out.Select(l => l.Trim().Split('|'))
                        .Where(c => c.Length == 2 && c[1].Split(',').Contains(feature) && NodeName().IsMatch(c[0]))
                        .Select(c => c[0])
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal),
                ];
        }
        catch (OutsourceException)
        {
            return [];
        }
    }

    /// <summary>Holds jobs that wait.</summary>
    /// <exception cref="OutsourceException">scontrol failed; the program ends with its exit code.</exception>
    public void Hold(IEnumerable<int> ids) => Change("scontrol", ids, ["hold"]);

    /// <summary>Releases held jobs.</summary>
    /// <exception cref="OutsourceException">scontrol failed; the program ends with its exit code.</exception>
    public void Release(IEnumerable<int> ids) => Change("scontrol", ids, ["release"]);

    /// <summary>Starts running jobs again from the queue.</summary>
    /// <exception cref="OutsourceException">scontrol failed; the program ends with its exit code.</exception>
    public void Requeue(IEnumerable<int> ids) => Change("scontrol", ids, ["requeue"]);

    /// <summary>Removes jobs from the queue; those that have ended are no error.</summary>
    /// <exception cref="OutsourceException">scancel failed; the program ends with its exit code.</exception>
    public void Cancel(IEnumerable<int> ids)
    {
        foreach (var some in ids.Chunk(Batch))
        {
            var said = programs.Run("scancel", [.. some.Select(i => i.ToString(CultureInfo.InvariantCulture))]);
            if (said.ExitCode != 0 && !said.Lines.All(Over))
            {
                throw Failed("scancel", said);
            }
        }
    }

    /// <summary>A time limit as Slurm writes it: <c>1-12:00:00</c>, <c>36:00:00</c>, <c>90</c> (minutes); null: none.</summary>
    public static TimeSpan? TimeLimit(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var days = text.Split('-');
        static int Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
        int[] parts = [.. days[^1].Split(':').Select(Number)];
        if (days.Length > 2 || parts.Any(p => p < 0) || (days.Length == 2 && Number(days[0]) < 0))
        {
            return null;
        }

        return parts switch
        {
            _ when days.Length == 2 => new TimeSpan(Number(days[0]), parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2)),
            [var minutes] => TimeSpan.FromMinutes(minutes),
            [var minutes, var seconds] => new TimeSpan(0, minutes, seconds),
            [var hours, var minutes, var seconds, ..] => new TimeSpan(hours, minutes, seconds),
            _ => null,
        };
    }

    private void Change(string program, IEnumerable<int> ids, ImmutableArray<string> words)
    {
        foreach (var some in ids.Chunk(Batch))
        {
            var said = programs.Run(program, [.. words, string.Join(',', some.Select(i => i.ToString(CultureInfo.InvariantCulture)))]);
            if (said.ExitCode != 0 && !said.Lines.All(Over))
            {
                throw Failed($"{program} {words[0]}", said);
            }
        }
    }

    /// <summary>A job may end between the question and the call.</summary>
    private static bool Over(string line) =>
        line.Trim().Length == 0
        || line.Contains("already finished", StringComparison.Ordinal)
        || line.Contains("already completing or completed", StringComparison.Ordinal)
        || line.Contains("Invalid job id specified", StringComparison.Ordinal)
        || line.Contains("slurm_suspend error", StringComparison.Ordinal);

    private static OutsourceException Failed(string what, CommandOutput said) =>
        new(
            FormattableString.Invariant($"{what} failed with exit code {said.ExitCode}: {said.LastWords.TrimEnd('.')}."),
            ExitCodes.OfTool(said.ExitCode)
        );

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeName();
}
