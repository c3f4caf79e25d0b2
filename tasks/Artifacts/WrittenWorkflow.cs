using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>The result of WriteWorkflow.</summary>
/// <param name="Path">The <c>workflow.yml</c>. Absolute.</param>
/// <param name="Fingerprint">Fingerprint of its inputs.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Earlier">Existing chunk outputs of an earlier run.</param>
public sealed record WrittenWorkflow(string Path, string Fingerprint, long Bytes, EarlierOutputs Earlier)
{
    /// <summary>One line for the operator.</summary>
    /// <param name="jobs">Jobs of the plan.</param>
    public string Describe(long jobs)
    {
        var text = new System.Text.StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"WriteWorkflow: {Path}: {Counted.Of(jobs, "job")}, {(Bytes < 100_000 ? $"{Bytes / 1e3:N1} kB" : $"{Bytes / 1e6:N1} MB")}."
        );
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
