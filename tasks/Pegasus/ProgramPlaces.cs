using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Environs;
using Outsource.Errors;

namespace Outsource.Pegasus;

/// <summary>Where external programs are looked for: first where the configuration says, then where the environment does.</summary>
/// <param name="surroundings">The machine.</param>
/// <param name="pegasusPath">The prefix of the Pegasus installation; asked for only when a program of Pegasus is wanted, since it may be faulty.</param>
public sealed class ProgramPlaces(Surroundings surroundings, Func<string> pegasusPath)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A program of Pegasus: <c>pegasus_path</c>, <c>$PEGASUS_HOME</c>, <c>$PATH</c>.</summary>
    public string Pegasus(string name) => Find(
        name,
        [Path.Combine(pegasusPath(), "bin"), .. surroundings.Variable("PEGASUS_HOME") is { } home ? [Path.Combine(home, "bin")] : Array.Empty<string>(), .. OnPath()],
        "Correct pegasus_path in [Outsource] to the prefix of a Pegasus installation, or set PEGASUS_HOME or PATH");

    /// <summary>A program of HTCondor: <c>$PATH</c>.</summary>
    public string Condor(string name) => Find(name, OnPath(), "Run this on an access point of the pool, where HTCondor is installed, or set PATH");

    /// <summary>Java, as Pegasus' own scripts find it: <c>$JAVA_HOME</c>, the system's default, <c>$PATH</c>.</summary>
    public string Java() => Find(
        "java",
        [.. surroundings.Variable("JAVA_HOME") is { } home ? [Path.Combine(home, "bin")] : Array.Empty<string>(), .. OnPath(), "/usr/lib/jvm/default-java/bin", "/usr/lib/jvm/java-openjdk/bin", "/usr/lib/jvm/jre-openjdk/bin"],
        "The planner is a Java program: install a Java runtime (8 or later), or set JAVA_HOME or PATH");

    private IEnumerable<string> OnPath() => (surroundings.Variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => surroundings.Absolute(folder));

    private string Find(string name, IEnumerable<string> folders, string cure)
    {
        var tried = folders.Select(folder => Path.Combine(folder, name)).Distinct(StringComparer.Ordinal).ToImmutableArray();
        return tried.FirstOrDefault(path => IsProgram(surroundings.Disk, path))
            ?? throw new UsageException($"{name} was not found. Tried: {string.Join(", ", tried)}. {cure}.");
    }

    private static bool IsProgram(IFileSystem disk, string path) =>
        disk.File.Exists(path) && (OperatingSystem.IsWindows() || (disk.File.GetUnixFileMode(path) & Executable) != 0);
}
