using System.Globalization;
using Outsource.Settings.Keys;

namespace Outsource.Engines;

/// <summary>How messages name an engine and its parts.</summary>
/// <param name="System">What runs the jobs: <c>HTCondor</c>.</param>
/// <param name="Manager">What runs the whole workflow, without an article: <c>DAGMan</c>.</param>
/// <param name="TheManager">The same, as the subject of a sentence.</param>
/// <param name="InQueue">A clause for a workflow that runs.</param>
/// <param name="Asks">What is asked for the jobs in the queue: <c>condor_q</c>.</param>
/// <param name="Planner">What plans: <c>Pegasus</c>.</param>
public sealed record EngineNames(string System, string Manager, string TheManager, string InQueue, string Asks, string Planner)
{
    private static readonly EngineNames Pegasus = new(
        "HTCondor",
        "DAGMan",
        "DAGMan",
        "its DAG is in HTCondor's queue",
        "condor_q",
        "Pegasus"
    );

    private static readonly EngineNames Local = new(
        "the local engine",
        "runner",
        "the runner",
        "its jobs run on this machine",
        "the runner's lock",
        "the local engine"
    );

    private static readonly EngineNames Slurm = new(
        "Slurm",
        "Slurm",
        "Slurm",
        "its jobs are in Slurm's queue",
        "squeue",
        "the Slurm engine"
    );

    /// <summary>The log that says whether the manager has ended.</summary>
    public string Log => this == Pegasus ? "HTCondor's log" : $"{TheManager}'s log";

    /// <summary>A clause for a workflow that has ended before all was done.</summary>
    /// <param name="code">The manager's exit code.</param>
    public string Ended(int code) =>
        this == Slurm ? "its jobs have ended" : string.Create(CultureInfo.InvariantCulture, $"{TheManager} ended with {code}");

    /// <summary>The names of an engine.</summary>
    public static EngineNames Of(EngineKind engine) =>
        engine switch
        {
            EngineKind.Local => Local,
            EngineKind.Slurm => Slurm,
            _ => Pegasus,
        };

    /// <summary>The same, where a sentence begins.</summary>
    /// <param name="words">Any of the names.</param>
    public static string AtStart(string words)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return char.ToUpperInvariant(words[0]) + words[1..];
    }
}
