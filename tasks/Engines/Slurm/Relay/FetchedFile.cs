namespace Outsource.Engines.Slurm.Relay;

/// <summary>What became of a file.</summary>
public enum FetchState
{
    /// <summary>It was copied now.</summary>
    Fetched,

    /// <summary>It was there already, or was unpacked before.</summary>
    There,

    /// <summary>It was not copied to its end.</summary>
    Failed,
}

/// <summary>A file of the staging site, and what became of it: a line of <c>fetch.jsonl</c>.</summary>
/// <param name="Name">Its name, without folder.</param>
/// <param name="Bytes">Its size at the site.</param>
/// <param name="State">What became of it.</param>
public sealed record FetchedFile(string Name, long Bytes, FetchState State)
{
    /// <summary>Its Adler-32, eight hex digits, that site and copy have in common; null: the site does not tell it.</summary>
    public string? Adler32 { get; init; }

    /// <summary>Why it failed; else null.</summary>
    public string? Why { get; init; }
}
