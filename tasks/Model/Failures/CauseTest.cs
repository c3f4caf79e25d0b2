using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Outsource.Model.Failures;

/// <summary>A resource that a job asks for.</summary>
public enum JobResource
{
    Memory,
    Disk,
}

/// <summary>A HoldReasonCode, with its subcode if only that one fits.</summary>
/// <param name="Code">The code.</param>
/// <param name="Subcode">The subcode; null: any.</param>
public readonly record struct HoldNumber(int Code, int? Subcode);

/// <summary>An item of <c>when</c>: it fits if all that it has does.</summary>
public sealed record CauseTest
{
    public ImmutableArray<HoldNumber> Holds { get; init; } = [];

    public ImmutableArray<int> Exits { get; init; } = [];

    public ImmutableArray<string> SlurmStates { get; init; } = [];

    public JobPhase? Phase { get; init; }

    public JobEnd? End { get; init; }

    public JobResource? Over { get; init; }

    /// <summary>For one line; it never backtracks, so that a long line costs no more than its length. Null: any.</summary>
    public Regex? Text { get; init; }

    /// <summary>Whether it only asks for exit codes.</summary>
    public bool OnlyExits => !Exits.IsEmpty && Holds.IsEmpty && SlurmStates.IsEmpty && (Phase, End, Over, Text) == (null, null, null, null);

    /// <summary>Whether it fits a job.</summary>
    public bool Fits(FailedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return FitsNumbers(job)
            && (Phase ?? job.Phase) == job.Phase
            && (End ?? job.End) == job.End
            && (Over is null || (Over == JobResource.Memory ? job.Memory : job.Disk).IsOver)
            && (Text is null || job.Texts.Any(Text.IsMatch));
    }

    private bool FitsNumbers(FailedJob job) =>
        (Holds.IsEmpty || Holds.Any(h => h.Code == job.HoldCode && (h.Subcode is null || h.Subcode == job.HoldSubcode)))
        && (Exits.IsEmpty || (job.ExitCode is { } code && Exits.Contains(code)))
        && (SlurmStates.IsEmpty || (job.SlurmState is { } state && SlurmStates.Contains(state)));
}
