using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Pegasus;

/// <summary>Where external programs are searched: first in the places of the configuration, then in those of the environment.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="pegasusPath">The prefix of the Pegasus installation. It is read only when a program of Pegasus is needed, since it may not
/// be valid.</param>
public sealed class ProgramPlaces(HostEnvironment host, Func<string> pegasusPath)
{
    private static readonly string[] Usual =
    [
        "/usr/lib/jvm/default-java/bin",
        "/usr/lib/jvm/java-openjdk/bin",
        "/usr/lib/jvm/jre-openjdk/bin",
    ];

    private const string Drawing = "pegasus-graphviz";

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A program of Pegasus: <c>pegasus_path</c>, <c>$PEGASUS_HOME</c>, <c>$PATH</c>.</summary>
    public string Pegasus(string name) =>
        Find(
            name,
            [("pegasus_path", Path.Combine(pegasusPath(), "bin")), .. FromVariable("PEGASUS_HOME"), .. OnPath()],
            "Correct pegasus_path in [Outsource] to the prefix of a Pegasus installation, or set PEGASUS_HOME or PATH"
        );

    /// <summary>A program of HTCondor: <c>$PATH</c>.</summary>
    public string Condor(string name) =>
        Find(name, OnPath(), "Run this on an access point of the pool, where HTCondor is installed, or set PATH");

    /// <summary>Java, as Pegasus' own scripts find it: <c>$JAVA_HOME</c>, the system's default, <c>$PATH</c>.</summary>
    public string Java() =>
        Find(
            "java",
            [.. FromVariable("JAVA_HOME"), .. OnPath(), .. Usual.Select(folder => ("the usual places of Java", folder))],
            "The planner is a Java program: install a Java runtime (8 or later), or set JAVA_HOME or PATH"
        );

    /// <summary>Every folder in <c>$PATH</c>, for messages.</summary>
    public string PathFolders => string.Join(", ", OnPath().Select(p => p.Folder));

    /// <summary>
    /// The planner's PATH. From 5.1.0 on the planner calls <c>pegasus-graphviz</c> by its bare name to draw the DAG
    /// (CondorGenerator.writeDOTFile); no property disables that. That program prints a line for each redundant edge, and the planner
    /// sleeps 5 ms at each line (StreamGobbler): nine tenths of its time. So the first folder in PATH is ours; its program of that name
    /// draws nothing and exits with 0. The drawing is not used, and nothing else in the plan depends on it. Up to 5.0.9 the planner writes
    /// it itself, quickly.
    /// </summary>
    /// <param name="folder">Where the folder is created. Absolute.</param>
    public string PlannerPath(string folder)
    {
        var path = host.Variable("PATH") ?? "";
        var place = Path.Combine(folder, ".planner-path");
        try
        {
            host.Disk.Directory.CreateDirectory(place, OwnersOnly);
            AtomicFile.WriteText(
                host.Disk,
                Path.Combine(place, Drawing),
                "#!/bin/sh\n# In place of Pegasus' own: the planner is not kept waiting for a drawing of the DAG.\nexit 0\n",
                AtomicFile.Private | UnixFileMode.UserExecute
            );
            PutJava(place);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Planning works without it, only slower.
            return path;
        }

        // A colon in a folder's name would end the entry of PATH.
        return place.Contains(':', StringComparison.Ordinal) ? path
            : path.Length == 0 ? place
            : $"{place}:{path}";
    }

    /// <summary>
    /// HTCondor hands PATH to DAGMan, and so to what plans a part, but not JAVA_HOME: a Java that only JAVA_HOME names is put there.
    /// </summary>
    private void PutJava(string place)
    {
        bool Is((string Place, string Folder) at) => IsProgram(host.Disk, Path.Combine(at.Folder, "java"));
        if (FromVariable("JAVA_HOME").FirstOrDefault(Is) is { Folder: { } folder } && !OnPath().Any(Is))
        {
            AtomicFile.WriteText(
                host.Disk,
                Path.Combine(place, "java"),
                $"#!/bin/sh\nexec {ShellText.Quote(Path.Combine(folder, "java"))} \"$@\"\n",
                AtomicFile.Private | UnixFileMode.UserExecute
            );
        }
    }

    private IEnumerable<(string Place, string Folder)> OnPath() =>
        (host.Variable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => ("PATH", host.Absolute(folder)));

    private IEnumerable<(string Place, string Folder)> FromVariable(string variable) =>
        host.Variable(variable) is { } home ? [(variable, Path.Combine(home, "bin"))] : [];

    private string Find(string name, IEnumerable<(string Place, string Folder)> places, string remedy)
    {
        var tried = places.ToImmutableArray();
        return tried.Select(p => Path.Combine(p.Folder, name)).FirstOrDefault(path => IsProgram(host.Disk, path))
            ?? throw new UsageException($"{name} was not found {Tried(tried)}. {remedy}.");
    }

    /// <summary>
    /// A place with one folder is shown with it; the folders of a list are only counted, since they would fill the screen.
    /// </summary>
    private static string Tried(IEnumerable<(string Place, string Folder)> tried)
    {
        var places = tried
            .GroupBy(p => p.Place, StringComparer.Ordinal)
            .Select(p =>
                p.Select(f => f.Folder).Distinct(StringComparer.Ordinal).ToList() is var folders && (folders.Count == 1 || p.Key != "PATH")
                    ? $"{p.Key} ({string.Join(", ", folders)})"
                    : $"{p.Key} ({Counted.Of(folders.Count, "folder")}; shown with --verbosity=verbose)"
            )
            .ToList();
        return places.Count switch
        {
            0 => "anywhere: PATH is empty",
            1 => "in " + places[0],
            _ => $"in {string.Join(", ", places.SkipLast(1))} nor in {places[^1]}",
        };
    }

    private static bool IsProgram(IFileSystem disk, string path) =>
        disk.File.Exists(path) && (OperatingSystem.IsWindows() || (disk.File.GetUnixFileMode(path) & Executable) != 0);
}
