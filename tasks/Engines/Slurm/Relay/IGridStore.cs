using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>Where the jobs of the grid left their results.</summary>
public interface IGridStore
{
    /// <summary>All files below a folder; null: the site answers that there is no such folder.</summary>
    /// <exception cref="OutsourceException">The site did not answer.</exception>
    IReadOnlyList<StoredFile>? List(string address);

    /// <summary>Copies a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="target">Where; nothing is there. Absolute.</param>
    /// <exception cref="OutsourceException">It was not copied to its end.</exception>
    void Copy(StoredFile file, string target);

    /// <summary>The Adler-32 of a file as the site has it, eight lower-case hex digits; null: the site does not tell it.</summary>
    string? AdlerOf(StoredFile file);
}
