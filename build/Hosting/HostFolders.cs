using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>Where the program lies.</summary>
/// <param name="Program">The folder of the program and its data (<c>tables/</c>, <c>payload/</c>, <c>demo/</c>). Absolute.</param>
/// <param name="Root">The folder of <c>cake.config</c>: the checkout, or the program's own folder. Absolute.</param>
/// <param name="WorkingDirectory">The folder the operator stands in. Absolute.</param>
internal sealed record HostFolders(string Program, string Root, string WorkingDirectory)
{
    /// <summary>Must be asked before the engine runs: it changes the working directory.</summary>
    /// <exception cref="UsageException">There is no folder to stand in, and more is asked for than a look.</exception>
    public static HostFolders OfProcess(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var (root, workingDirectory) = (program, StandingIn(invocation, program));
        if (ProgramCommand.Published)
        {
            // It lies unpacked in a folder of the runtime's: nothing above it is ours, and nothing is written there.
            return new HostFolders(program, program, workingDirectory);
        }

        for (var folder = program; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "cake.config")))
            {
                root = folder;
                break;
            }
        }

        return new HostFolders(program, root, workingDirectory);
    }

    private static string StandingIn(Invocation invocation, string program)
    {
        string here;
        try
        {
            here = Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            // The engine wants one as well.
            here = Environment.CurrentDirectory = program;
            if (!invocation.OnlyLooks && !Path.IsPathRooted(invocation.Working))
            {
                throw new UsageException(
                    "The folder you stand in has been deleted. Go to one that is there (cd), and give the command again."
                );
            }
        }

        var folder = Path.GetFullPath(invocation.Working ?? ".", here);
        return invocation.OnlyLooks || Directory.Exists(folder)
            ? folder
            : throw new UsageException(
                $"--working={invocation.Working}: there is no folder '{folder}'. Name one that is there, or leave the option out to "
                    + "work where you stand."
            );
    }
}
