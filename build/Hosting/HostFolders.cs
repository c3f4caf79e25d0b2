using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>The folders of the program.</summary>
/// <param name="Program">The folder of the program and its data (<c>tables/</c>, <c>payload/</c>, <c>demo/</c>). Absolute.</param>
/// <param name="Root">The folder of <c>cake.config</c>: the checkout, or the program's own folder. Absolute.</param>
/// <param name="WorkingDirectory">The current folder of the operator. Absolute.</param>
internal sealed record HostFolders(string Program, string Root, string WorkingDirectory)
{
    /// <summary>Must be called before Cake runs: it changes the working directory.</summary>
    /// <exception cref="UsageException">There is no current folder, and the command needs one.</exception>
    public static HostFolders OfProcess(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var (root, workingDirectory) = (program, StandingIn(invocation, program));
        if (ProgramCommand.Published)
        {
            // It is unpacked in a folder of the runtime: the folders above are not ours, and nothing is written there.
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
            // Cake needs one as well.
            here = Environment.CurrentDirectory = program;
            if (!invocation.OnlyLooks && !Path.IsPathRooted(invocation.Working))
            {
                throw new UsageException(
                    "The current folder has been deleted. Change to an existing one (cd), and run the command again."
                );
            }
        }

        var folder = Path.GetFullPath(invocation.Working ?? ".", here);
        return invocation.OnlyLooks || Directory.Exists(folder)
            ? folder
            : throw new UsageException(
                $"--working={invocation.Working}: there is no folder '{folder}'. Pass an existing one, or leave the option out to "
                    + "use the current folder."
            );
    }
}
