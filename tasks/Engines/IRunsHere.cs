using Outsource.Engines.Pegasus;

namespace Outsource.Engines;

/// <summary>An engine whose jobs this very process runs: they end with it.</summary>
public interface IRunsHere : IEngine
{
    /// <summary>Runs the jobs of the workflow that <see cref="IEngine.Start"/> has begun, to its end.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="changed">Is told the progress, at most a few times a second.</param>
    /// <param name="cancel">Stops it: its jobs are removed, and what is done stays done.</param>
    /// <returns>The progress at its end.</returns>
    RunProgress Run(SubmitDirectory directory, Action<RunProgress> changed, CancellationToken cancel);
}
