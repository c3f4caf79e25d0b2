using System.Collections.Immutable;

namespace Outsource.Artifacts;

/// <summary>How the payload's jobs end.</summary>
public static class PayloadExitCodes
{
    /// <summary>Code → meaning; EXIT_CODES of <c>payload_common.py</c>, and a test holds the two together.</summary>
    public static ImmutableSortedDictionary<int, string> Meanings { get; } =
        new Dictionary<int, string>
        {
            [10] = "arguments or .xenon_config are wrong",
            [20] = "the environment or the image is not fit for the job",
            [21] = "lineage hashes differ from those planned",
            [22] = "not enough disk",
            [30] = "an input is missing or unusable",
            [31] = "RunDB token or X.509 proxy missing or expired",
            [40] = "processing failed",
            [41] = "what was made is not complete",
            [50] = "upload failed",
            [51] = "the RunDB was not updated",
            [52] = "another product of the same name is stored already",
        }.ToImmutableSortedDictionary();

    /// <summary>
    /// Exit codes of the payload that mean the same at every try: wrong arguments, an unfit environment, other hashes, no proxy or token,
    /// another product in its place.
    /// </summary>
    public static ImmutableArray<int> NotCuredByTrying { get; } = [10, 20, 21, 31, 52];
}
