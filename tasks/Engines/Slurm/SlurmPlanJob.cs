using System.Collections.Immutable;

namespace Outsource.Engines.Slurm;

/// <summary>What a job asks for at one attempt.</summary>
/// <param name="MemoryMb">Memory, MB of 2^20 bytes as Slurm counts, with what the container takes.</param>
/// <param name="Hours">Time limit, hours.</param>
public sealed record SlurmRequest(long MemoryMb, double Hours);

/// <summary>A file that a job leaves.</summary>
/// <param name="Name">Its name in the job's folder.</param>
/// <param name="StageOut">Whether it is a result, and brought to the outputs folder.</param>
public sealed record SlurmOutput(string Name, bool StageOut);

/// <summary>A job of <c>slurm/plan.jsonl</c>.</summary>
/// <param name="Name">Its name, in Slurm too; the name of its DAG node.</param>
/// <param name="Id">Its id in <c>workflow.yml</c>.</param>
/// <param name="Level">lower, combine, upper, or by type: process, combine.</param>
/// <param name="Run">Run number.</param>
public sealed record SlurmPlanJob(string Name, string Id, string Level, int Run)
{
    /// <summary>Number of a job of a few chunks within its run and type, or null.</summary>
    public int? Group { get; init; }

    /// <summary>Jobs that must have succeeded before, by name.</summary>
    public ImmutableArray<string> Dependencies { get; init; } = [];

    public int Cores { get; init; } = 1;

    /// <summary>What it asks for at its first attempt, its second, and so on; the last one holds for all further ones.</summary>
    public required ImmutableArray<SlurmRequest> Attempts { get; init; }

    /// <summary>Its output, of the first attempt. Absolute.</summary>
    public required string Log { get; init; }

    /// <summary>The argument vector of the payload, the very one of <c>workflow.yml</c>.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Names of the files that it needs.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>The files that it makes.</summary>
    public ImmutableArray<SlurmOutput> Outputs { get; init; } = [];

    /// <summary>SHA-256 of its line in the plan, lower-case hex. The end mark has it too: another plan makes its own data.</summary>
    public string Digest { get; init; } = "";

    /// <summary>What it asks for.</summary>
    /// <param name="attempt">From 0.</param>
    public SlurmRequest At(int attempt) => Attempts[Math.Min(attempt, Attempts.Length - 1)];

    /// <summary>The value of an argument; null: it is not there.</summary>
    public string? Argument(string name) =>
        Arguments.IndexOf(name) is >= 0 and var at && at + 1 < Arguments.Length ? Arguments[at + 1] : null;

    /// <summary>All values of an argument that may be repeated.</summary>
    public IEnumerable<string> AllOf(string name) =>
        Enumerable.Range(0, Math.Max(0, Arguments.Length - 1)).Where(i => Arguments[i] == name).Select(i => Arguments[i + 1]);
}
