using System.Collections.Immutable;

namespace Outsource.Engines.Jobs;

/// <summary>Jobs of <c>workflow.yml</c> that wait for another one.</summary>
/// <param name="Id">The job that they wait for.</param>
/// <param name="Children">The jobs that wait.</param>
/// <param name="Line">Its first line in the file, from 1.</param>
public sealed record WorkflowDependency(string Id, ImmutableArray<string> Children, int? Line);
