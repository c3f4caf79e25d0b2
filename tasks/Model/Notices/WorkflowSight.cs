namespace Outsource.Model.Notices;

/// <summary>A workflow as it is seen now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Starts">How often it was started; 0: never.</param>
public sealed record WorkflowSight(string Name, int Starts)
{
    /// <summary>Its state, in a word.</summary>
    public string State { get; init; } = "";

    /// <summary>Whether it changes no more without a command.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether all of it is done.</summary>
    public bool Succeeded { get; init; }

    public long Done { get; init; }

    public long Total { get; init; }

    public long Failed { get; init; }

    public long Held { get; init; }
}

/// <summary>What was told of a workflow.</summary>
/// <param name="Starts">How often it had been started.</param>
public sealed record NoticeMemory(int Starts)
{
    /// <summary>The state in which it had ended; null: it had not.</summary>
    public string? EndedAs { get; init; }

    public long Failed { get; init; }

    public long Held { get; init; }
}
