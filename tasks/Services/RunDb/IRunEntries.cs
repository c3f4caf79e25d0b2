using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Model.Runs;

namespace Outsource.Services.RunDb;

/// <summary>An entry of a run's <c>data</c> list as the RunDB has it.</summary>
/// <param name="Entry">What we use of it.</param>
/// <param name="Json">All of it.</param>
public sealed record RunEntry(DataEntry Entry, string Json);

/// <summary>The <c>data</c> lists of single runs, which can be changed. Safe to call from several threads.</summary>
public interface IRunEntries
{
    /// <summary>All entries of a run, in the RunDB's order.</summary>
    /// <param name="run">Run number.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">The RunDB does not answer, or does not know the run.</exception>
    Task<ImmutableArray<RunEntry>> ReadAsync(int run, CancellationToken cancel);

    /// <summary>
    /// Adds an entry. The RunDB appends: added twice, it is there twice. It is sent once; read afterwards whether it arrived.
    /// </summary>
    /// <param name="run">Run number.</param>
    /// <param name="json">The entry, a JSON object.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">The RunDB refused it, or did not answer: then it may have arrived.</exception>
    Task AddAsync(int run, string json, CancellationToken cancel);

    /// <summary>Removes an entry, and every other that has the same fields with the same values. It is sent once.</summary>
    /// <param name="run">Run number.</param>
    /// <param name="entry">The entry as it was read.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">The RunDB refused it, or did not answer: then it may be gone.</exception>
    Task RemoveAsync(int run, RunEntry entry, CancellationToken cancel);
}
