using System.IO.Abstractions;
using System.Security.Cryptography;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Build.Tools.Publishing;

/// <summary>The published program.</summary>
public static class PublishedProgram
{
    public const string FileName = "outsource",
        ChecksumFile = "outsource.sha256";

    private const UnixFileMode Executable =
        AtomicFile.Public | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Moves the program and its checksum to the output folder; other files of the build are deleted.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="made">The folder that <c>dotnet publish</c> wrote.</param>
    /// <param name="folder">Where it goes.</param>
    /// <returns>The path of the program.</returns>
    /// <exception cref="OutsourceException">There is no program in the folder.</exception>
    public static string Place(IFileSystem disk, string made, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var (program, fresh) = (Path.Combine(folder, FileName), Path.Combine(made, FileName));
        if (!disk.File.Exists(fresh))
        {
            throw new OutsourceException(
                $"dotnet publish ended without an error, but '{fresh}' is missing. Files of an interrupted build may be the cause: "
                    + $"delete '{folder}', and run the command again."
            );
        }

        disk.File.Move(fresh, program, overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            disk.File.SetUnixFileMode(program, Executable);
        }

        using (var stream = disk.File.OpenRead(program))
        {
            AtomicFile.WriteText(
                disk,
                Path.Combine(folder, ChecksumFile),
                $"{Convert.ToHexStringLower(SHA256.HashData(stream))}  {FileName}\n"
            );
        }

        disk.Directory.Delete(made, recursive: true);
        return program;
    }

    /// <summary>Why publishing failed, and what to do.</summary>
    public static string Failure(CommandOutput said)
    {
        ArgumentNullException.ThrowIfNull(said);
        var errors = said
            .Lines.Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))
            .Select(l => l.Trim())
            .Distinct(StringComparer.Ordinal)
            .Take(5)
            .ToList();
        var words = errors.Count > 0 ? string.Join("\n  ", errors) : said.LastWords;
        return errors.Exists(e =>
            e.Contains("NU1101", StringComparison.Ordinal)
            || e.Contains("NU1102", StringComparison.Ordinal)
            || e.Contains("NU1301", StringComparison.Ordinal)
        )
            ? "The runtime for the program is not available from the package sources. Publish on a machine that can reach them:\n  "
                + $"{words}"
            : $"dotnet publish failed:\n  {words}";
    }
}
