using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Artifacts;

/// <summary>The artifact of PegasusRun: <c>submission.yml</c>.</summary>
/// <param name="Name">The workflow.</param>
/// <param name="SubmitDirectory">Absolute.</param>
/// <param name="Uuid">Pegasus' id of the workflow.</param>
/// <param name="Cluster">HTCondor's number of the DAGMan job, or null if unknown.</param>
/// <param name="SubmittedAt">When, as far as we know; UTC.</param>
/// <param name="User">Who.</param>
/// <param name="Host">From where.</param>
/// <param name="FoundOut">Whether this was found later, because the command that started it was stopped before it could write this.</param>
public sealed record Submission(
    string Name,
    string SubmitDirectory,
    string Uuid,
    int? Cluster,
    DateTimeOffset SubmittedAt,
    string User,
    string Host,
    bool FoundOut
)
{
    public const string FileName = "submission.yml",
        Schema = "outsource/submission/1";

    public void Write(IFileSystem disk, string folder) =>
        YamlFile.Write(
            disk,
            Path.Combine(folder, FileName),
            ("schema", Schema),
            ("name", Name),
            ("submit_directory", SubmitDirectory),
            ("workflow_uuid", Uuid),
            ("cluster", Cluster),
            ("submitted_at", SubmittedAt),
            ("user", User),
            ("host", Host),
            ("found_out", FoundOut)
        );
}
