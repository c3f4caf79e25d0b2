using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Files;

/// <summary>What is said of an artifact that is not what was written.</summary>
public static class Broken
{
    /// <param name="path">Absolute.</param>
    /// <param name="stage">The stage that makes it.</param>
    public static OutsourceException Artifact(string path, string stage) =>
        new(
            $"'{path}' is not what {stage} wrote: lines of it were lost, doubled or changed since (its seal does not fit), or another "
                + $"version made it. Make it anew with --target={stage} --name={Path.GetFileName(Path.GetDirectoryName(path))}.",
            ExitCodes.Usage
        );
}
