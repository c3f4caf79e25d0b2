using System.Collections.Immutable;

namespace Outsource.Engines.Local;

/// <summary>A job of <c>workflow.yml</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Name of its program.</param>
/// <param name="Line">Its line in the file, or null.</param>
internal sealed record AbstractJob(string Id, string Name, int? Line)
{
    /// <summary>Its node in the DAG.</summary>
    public string Node => $"{Name}_{Id}";

    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableArray<string> Inputs { get; init; } = [];

    public ImmutableArray<AbstractOutput> Outputs { get; init; } = [];

    /// <summary>Output that gets what the program prints, or null.</summary>
    public string? Stdout { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Condor { get; init; } = [];

    /// <summary>Whether it runs on the submit host.</summary>
    public bool OnSubmitHost { get; init; }
}

/// <summary>A file that a job makes.</summary>
/// <param name="Name">Its logical name.</param>
/// <param name="StageOut">Whether it is a result.</param>
internal sealed record AbstractOutput(string Name, bool StageOut);

/// <summary>An entry of the dependencies.</summary>
internal sealed record AbstractDependency(string Id, ImmutableArray<string> Children, int? Line);
