using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>Decides whether an artifact on disk is used instead of running its stage (<c>--reuse</c>), and logs the decision.</summary>
public sealed class Reuse(IFileSystem disk, IOperatorLog messages, Action<Target, string> conclude, Func<bool> asked)
{
    /// <summary>Whether artifacts on disk are to be used.</summary>
    public bool IsAsked => asked();

    /// <summary>Returns the artifact on disk if it was made from the same inputs, else null.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="path">Its artifact. Absolute.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="recorded">The fingerprint in it.</param>
    /// <param name="expected">The fingerprint of the current inputs.</param>
    public T? Of<T>(Target stage, string path, Func<T> open, Func<T, string?> recorded, Func<string> expected)
        where T : class
    {
        if (!asked())
        {
            return null;
        }

        if (!disk.File.Exists(path))
        {
            messages.Note($"{stage}: not reused, there is no {Path.GetFileName(path)} yet.");
            return null;
        }

        try
        {
            var artifact = open();
            if (recorded(artifact) == expected())
            {
                conclude(stage, $"{stage}: reused {path}.");
                return artifact;
            }

            messages.Note($"{stage}: not reused, settings or inputs have changed since {Path.GetFileName(path)} was made.");
        }
        catch (OutsourceException error)
        {
            messages.Note($"{stage}: not reused, {error.Message}");
        }

        return null;
    }
}
