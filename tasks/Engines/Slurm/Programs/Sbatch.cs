using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>What an answer of sbatch means.</summary>
public enum SbatchVerdict
{
    /// <summary>The job is in the queue.</summary>
    Accepted,

    /// <summary>Not now; whether the job is in the queue is known (it is not).</summary>
    Wait,

    /// <summary>The answer was lost: the job may be in the queue.</summary>
    Lost,

    /// <summary>No wait helps: the request itself is refused.</summary>
    Refused,
}

/// <summary>An answer of sbatch.</summary>
/// <param name="Verdict">What it means.</param>
/// <param name="Id">The job's number, if it was accepted.</param>
/// <param name="Words">sbatch's words, without a full stop.</param>
/// <param name="ExitCode">The exit code of a command that ends with it.</param>
public sealed record SbatchAnswer(SbatchVerdict Verdict, int? Id, string Words, int ExitCode);

/// <summary>Submits jobs.</summary>
/// <param name="programs">The programs.</param>
public sealed partial class Sbatch(ISlurmPrograms programs)
{
    /// <summary>Submits a script.</summary>
    /// <param name="options">Options that override those in the script.</param>
    /// <param name="script">Absolute.</param>
    /// <param name="words">The script's own arguments.</param>
    public SbatchAnswer Submit(ImmutableArray<string> options, string script, ImmutableArray<string> words)
    {
        try
        {
            return Judge(programs.Run("sbatch", ["--parsable", .. options, script, .. words]));
        }
        catch (OutsourceException late) when (late is not UsageException)
        {
            return new SbatchAnswer(SbatchVerdict.Lost, null, late.Message.TrimEnd('.'), ExitCodes.Failed);
        }
    }

    /// <summary>Asks whether a script would be accepted. Nothing is submitted.</summary>
    public SbatchAnswer Test(ImmutableArray<string> options, string script)
    {
        try
        {
            var said = programs.Run("sbatch", ["--test-only", .. options, script]);
            return said.ExitCode == 0 ? new SbatchAnswer(SbatchVerdict.Accepted, null, said.LastWords, 0) : Judge(said);
        }
        catch (OutsourceException late) when (late is not UsageException)
        {
            return new SbatchAnswer(SbatchVerdict.Lost, null, late.Message.TrimEnd('.'), ExitCodes.Failed);
        }
    }

    /// <summary>
    /// Tells a refusal from a wait by sbatch's words. What is not known is a refusal: an operator who reads it can start again, and a
    /// program that waits for ever cannot (T22).
    /// </summary>
    public static SbatchAnswer Judge(CommandOutput said)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (
            said.ExitCode == 0
            && said.Out.Select(l => JobNumber().Match(l.Trim())).LastOrDefault(m => m.Success) is { } match
            && int.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        )
        {
            return new SbatchAnswer(SbatchVerdict.Accepted, id, "", ExitCodes.Done);
        }

        var words = said.LastWords.TrimEnd('.');
        var all = string.Join('\n', said.Lines);
        var verdict =
            said.ExitCode == 0 || Answerless().IsMatch(all) ? SbatchVerdict.Lost
            : Passing().IsMatch(all) ? SbatchVerdict.Wait
            : SbatchVerdict.Refused;
        return new SbatchAnswer(verdict, null, words, ExitCodes.OfTool(said.ExitCode));
    }

    [GeneratedRegex(@"\A(?<id>[0-9]{1,9})(;[A-Za-z0-9_.-]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JobNumber();

    /// <summary>The controller may have taken the job before the connection ended.</summary>
    [GeneratedRegex(
        "Socket timed out|Unable to contact slurm controller|Connection (refused|reset|timed out)|Transport endpoint"
            + "|Zero Bytes were transmitted|Communication connection failure|Message receive failure|Unexpected message received"
            + "|Slurm backup controller",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Answerless();

    /// <summary>What time or the end of other jobs cures.</summary>
    [GeneratedRegex(
        "temporarily unavailable|QOSMaxSubmit|AssocMaxSubmit|AssocGrpSubmit|QOSGrpSubmit|MaxSubmitJob|job submit limit"
            + "|temporarily unable to accept job|Too many (open files|jobs)|max_rpc|try again later|Resource temporarily|Rate limit",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Passing();
}
