using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Unpack;

/// <summary>What was unpacked, as one JSON document (docs/schemas/unpack.schema.json).</summary>
public static class UnpackJson
{
    public const string Schema = "outsource/unpack/1";

    /// <summary>The document.</summary>
    /// <param name="workflow">Name of the workflow.</param>
    /// <param name="outputs">Its outputs folder. Absolute.</param>
    /// <param name="results">What became of the tarballs.</param>
    /// <param name="incomplete">Tarballs that were not transferred to their end.</param>
    /// <param name="index">What is unpacked in that folder.</param>
    public static string Render(
        string workflow,
        string outputs,
        ImmutableArray<UnpackedTarball> results,
        ImmutableArray<string> incomplete,
        ImmutableArray<UnpackedOutput> index
    )
    {
        var unpacked = index.ToLookup(o => o.Tarball, StringComparer.Ordinal);
        return JsonOutput.Render(
            new
            {
                Schema,
                Workflow = workflow,
                OutputsFolder = outputs,
                Unpacked = results.Count(r => r.Done),
                Left = results.Count(r => !r.Done) + incomplete.Length,
                Incomplete = incomplete,
                Tarballs = results.Select(r => new
                {
                    r.Tarball.Run,
                    Level = r.Tarball.Level.ToString().ToLowerInvariant(),
                    File = r.Tarball.Path,
                    r.Tarball.Bytes,
                    State = r.Done ? "unpacked" : "left",
                    r.ExitCode,
                    Cause = r.Done ? null : r.Cause,
                    Data = (r.Done ? unpacked[r.Tarball.Name] : []).Select(o => new
                    {
                        o.Type,
                        o.Hash,
                        o.Bytes,
                        o.Path,
                    }),
                }),
            }
        );
    }
}
