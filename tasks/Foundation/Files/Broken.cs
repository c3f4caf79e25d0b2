using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Files;

/// <summary>Errors of an artifact that was changed since it was written.</summary>
public static class Broken
{
    /// <param name="path">Absolute.</param>
    /// <param name="stage">The stage that makes it.</param>
    public static OutsourceException Artifact(string path, string stage) =>
        new(
            $"'{path}' is not what {stage} wrote: lines of it were lost, doubled or changed since (its seal does not match), or another "
                + $"version wrote it. Run --target={stage} --name={Path.GetFileName(Path.GetDirectoryName(path))} to make it again.",
            ExitCodes.Usage
        );
}
