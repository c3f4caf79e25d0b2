using Outsource.CommandLine;

namespace Outsource.Build.Hosting;

/// <summary>Where the program lies.</summary>
/// <param name="Program">The folder of the program and its data (<c>tables/</c>, <c>payload/</c>, <c>demo/</c>). Absolute.</param>
/// <param name="Root">The folder of <c>cake.config</c>: the checkout, or the program's own folder. Absolute.</param>
/// <param name="Standing">The folder the operator stands in. Absolute.</param>
internal sealed record HostFolders(string Program, string Root, string Standing)
{
    /// <summary>Must be asked before the engine runs: it changes the working directory.</summary>
    public static HostFolders OfProcess()
    {
        var program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var root = program;
        if (CommandWord.Published)
        {
            // It lies unpacked in a folder of the runtime's: nothing above it is ours, and nothing is written there.
            return new HostFolders(program, program, Environment.CurrentDirectory);
        }

        for (var folder = program; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "cake.config")))
            {
                root = folder;
                break;
            }
        }

        return new HostFolders(program, root, Environment.CurrentDirectory);
    }
}
