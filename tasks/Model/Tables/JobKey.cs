namespace Outsource.Model.Tables;

/// <summary>Whether a key of <c>.xenon_config</c> goes with the jobs.</summary>
public enum Travel
{
    /// <summary>As the operator has it, if it is there.</summary>
    Given,

    /// <summary>As the operator has it, else the value of stand_in: without it a package cannot be imported.</summary>
    Always,

    /// <summary>As the operator has it, where results are entered.</summary>
    Upload,

    /// <summary>The value of stand_in, whatever the operator has: a secret that a package asks for and no job uses.</summary>
    Hidden,

    /// <summary>It stays on the submit host.</summary>
    Never,
}

/// <summary>What a value must look like.</summary>
public enum KeyForm
{
    Level,
    Line,
    List,
    Address,
    UserInfo,
    Hosts,
    TrueFalse,
    Preference,
    Count,
    Milliseconds,
}

/// <summary>A key of <c>.xenon_config</c>, of <c>rucio.cfg</c> or of the environment that a package of the jobs reads.</summary>
/// <param name="Section">The section; empty in the environment.</param>
/// <param name="Name">The key.</param>
public sealed record JobKey(string Section, string Name)
{
    /// <summary>Whether it travels; of <c>rucio.cfg</c> and the environment nothing does.</summary>
    public Travel Travel { get; init; } = Travel.Never;

    /// <summary>The value where the operator has none, or null.</summary>
    public string? StandIn { get; init; }

    /// <summary>Whether the value of stand_in lets packages be imported, but is not enough for what jobs do later.</summary>
    public bool Used { get; init; }

    /// <summary>Whether the key without a value means something else than no key.</summary>
    public bool EmptyCounts { get; init; }

    public KeyForm Form { get; init; } = KeyForm.Line;

    /// <summary>Whether its value must never be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether it is read while a package is imported: then a bad value ends every job before it begins.</summary>
    public bool AtImport { get; init; }

    /// <summary>Package, releases, place.</summary>
    public string ReadBy { get; init; } = "";

    public string Accepts { get; init; } = "";

    /// <summary>What happens without a value, or with another.</summary>
    public string Otherwise { get; init; } = "";

    /// <summary>Where a job has it from; empty: the operator's <c>.xenon_config</c>.</summary>
    public string From { get; init; } = "";
}
