using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>The result of WriteWorkflow.</summary>
/// <param name="Path">The <c>workflow.yml</c>. Absolute.</param>
/// <param name="Fingerprint">Fingerprint of its inputs.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Earlier">Existing chunk outputs of an earlier run.</param>
public sealed record WrittenWorkflow(string Path, string Fingerprint, long Bytes, EarlierOutputs Earlier)
{
    /// <summary>The parts that it is cut into; 0: it is in one piece.</summary>
    public int Parts { get; init; }

    /// <summary>Parts that are larger than was asked, because a run is not cut.</summary>
    public int TooLarge { get; init; }

    /// <summary>Jobs of the largest part.</summary>
    public long Largest { get; init; }

    private static string PlannedBy(EngineKind engine) =>
        engine == EngineKind.Pegasus
            ? "which are planned one after the other"
            : $"which the {Spelling.Kebab(engine.ToString())} engine runs as one workflow (jobs_per_part is for Pegasus)";

    /// <summary>One line for the operator.</summary>
    /// <param name="jobs">Jobs of the plan.</param>
    /// <param name="engine">What runs them: parts are for Pegasus' planner, other engines read them as one workflow.</param>
    public string Describe(long jobs, EngineKind engine)
    {
        var text = new System.Text.StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"WriteWorkflow: {Path}: {Counted.Of(jobs, "job")}, {(Bytes < 100_000 ? $"{Bytes / 1e3:N1} kB" : $"{Bytes / 1e6:N1} MB")}."
        );
        if (Parts > 0)
        {
            text.Length--;
            text.Append(CultureInfo.InvariantCulture, $" in {Counted.Of(Parts, "part")}, {PlannedBy(engine)}.");
        }

        if (TooLarge > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $" {Counted.Of(TooLarge, "part")} {Counted.Word(TooLarge, "has", "have")} more jobs than jobs_per_part, up to "
                    + $"{Largest:N0}: a run is not cut."
            );
        }

        if (Earlier.Usable.Length is > 0 and var usable)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $" {Counted.Of(usable, "chunk output")} of an earlier run {Counted.Word(usable, "exists", "exist")} already and will "
                    + $"not be made again."
            );
        }

        if (Earlier.NotUsed > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $" {Earlier.NotUsed:N0} in outputs/{System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path))} "
                    + $"{Counted.Word(Earlier.NotUsed, "is", "are")} empty, or cannot be proved to "
                    + $"contain the same chunks, hashes and payload; made again."
            );
        }

        return text.ToString();
    }

    /// <summary>The fingerprint in the header of an existing workflow, or null.</summary>
    public static string? FingerprintIn(IFileSystem disk, string folder)
    {
        const string Key = "# fingerprint: ";
        var path = System.IO.Path.Combine(folder, WorkflowFolder.Workflow);
        if (!disk.File.Exists(path))
        {
            return null;
        }

        foreach (var line in BoundedText.Statements(disk, path).Take(5))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal))
            {
                return line[Key.Length..];
            }
        }

        return null;
    }
}
