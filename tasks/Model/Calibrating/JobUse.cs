namespace Outsource.Model.Calibrating;

/// <summary>What a job uses.</summary>
public enum Amount
{
    /// <summary>MB.</summary>
    Memory,

    /// <summary>MB.</summary>
    Disk,

    /// <summary>Hours.</summary>
    Time,
}

/// <summary>What a finished job used, and what it had asked for. Megabytes are those of requests.</summary>
/// <param name="Family">Jobs of one kind: <c>peaklets</c>, <c>lower_tpc</c>, <c>combine_tpc</c>.</param>
/// <param name="InputMb">What its need follows; 0: not known.</param>
public sealed record JobUse(string Family, double InputMb)
{
    /// <summary>The retry in which it finished; 0: the first try.</summary>
    public int Retry { get; init; }

    /// <summary>Most memory; null: not measured.</summary>
    public double? MemoryMb { get; init; }

    /// <summary>Most disk; null: not measured.</summary>
    public double? DiskMb { get; init; }

    /// <summary>Hours of the try that finished; null: not measured.</summary>
    public double? Hours { get; init; }

    /// <summary>Memory that its first try asked for; null: not known.</summary>
    public double? AskedMemoryMb { get; init; }

    /// <summary>Disk that its first try asked for; null: not known.</summary>
    public double? AskedDiskMb { get; init; }

    /// <summary>Its limit in the first try, hours; null: there is none.</summary>
    public double? AskedHours { get; init; }

    /// <summary>What it used of an amount.</summary>
    public double? Used(Amount amount) =>
        amount switch
        {
            Amount.Memory => MemoryMb,
            Amount.Disk => DiskMb,
            Amount.Time => Hours,
        };

    /// <summary>What its first try asked for of an amount.</summary>
    public double? Asked(Amount amount) =>
        amount switch
        {
            Amount.Memory => AskedMemoryMb,
            Amount.Disk => AskedDiskMb,
            Amount.Time => AskedHours,
        };
}
