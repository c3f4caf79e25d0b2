using System.Collections.Immutable;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>The programs of Slurm, as the engine uses them. Safe to call from several threads.</summary>
public interface ISlurmPrograms
{
    /// <summary>Calls one; its exit code is in the answer.</summary>
    /// <param name="program">Its name: <c>sbatch</c>.</param>
    /// <param name="words">The argument vector, unquoted.</param>
    /// <exception cref="UsageException">It is not installed.</exception>
    /// <exception cref="OutsourceException">It did not end in time, and was stopped.</exception>
    CommandOutput Run(string program, ImmutableArray<string> words);

    /// <summary>Where a program is. Absolute; null: it is not installed.</summary>
    string? Find(string program);
}
