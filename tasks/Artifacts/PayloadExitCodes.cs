using System.Collections.Immutable;

namespace Outsource.Artifacts;

/// <summary>Exit codes of the payload's jobs.</summary>
public static class PayloadExitCodes
{
    /// <summary>Code → meaning; EXIT_CODES of <c>payload_common.py</c> is the same, and a test compares them.</summary>
    public static ImmutableSortedDictionary<int, string> Meanings { get; } =
        new Dictionary<int, string>
        {
            [10] = "arguments or .xenon_config are wrong",
            [20] = "the environment or the image does not meet the needs of the job",
            [21] = "lineage hashes differ from those planned",
            [22] = "not enough disk space",
            [30] = "an input is missing or unusable",
            [31] = "RunDB token or X.509 proxy missing or expired",
            [40] = "processing failed",
            [41] = "the result is incomplete",
            [50] = "upload failed",
            [51] = "the RunDB was not updated",
            [52] = "another product with the same name is already stored",
        }.ToImmutableSortedDictionary();

    /// <summary>
    /// Exit codes of the payload that a retry cannot change: wrong arguments, an unsuitable environment, other hashes, no proxy or token,
    /// another product in its place.
    /// </summary>
    public static ImmutableArray<int> NotRetried { get; } = [10, 20, 21, 31, 52];
}
