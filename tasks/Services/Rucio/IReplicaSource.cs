using Outsource.Foundation.Errors;
using Outsource.Model.Reconciling;

namespace Outsource.Services.Rucio;

/// <summary>Rucio, or a snapshot of it, asked for replicas and rules. Safe to call from several threads.</summary>
public interface IReplicaSource
{
    /// <summary>Its name in messages; no secret.</summary>
    string Name { get; }

    /// <summary>Datasets that one question may ask for.</summary>
    int AtOnce { get; }

    /// <summary>
    /// The datasets with their files, replicas and rules, an answer for each. One that failed after all retries has a
    /// <see cref="StoredDataset.Fault"/>.
    /// </summary>
    /// <param name="dids">Not more than <see cref="AtOnce"/>, each once.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="OutsourceException">The source as a whole does not answer.</exception>
    Task<IReadOnlyDictionary<string, StoredDataset>> AskAsync(IReadOnlyList<string> dids, CancellationToken cancel);
}
