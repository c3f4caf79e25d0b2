using System.Collections.Immutable;
using Cake.Core;
using Outsource.Engines.Slurm.Programs;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>The gfal2 programs of this machine, found on <c>$PATH</c>.</summary>
/// <param name="cake">Runs them.</param>
/// <param name="host">This machine: disk, variables.</param>
/// <param name="proxy">The proxy file that the configuration names; null: the programs find theirs.</param>
public sealed class GfalPrograms(ICakeContext cake, HostEnvironment host, string? proxy) : ISlurmPrograms
{
    /// <summary>gfal2 ends by itself after half an hour, a copy after the time that it is given; this is for one that does not.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(7200 + 600);

    private readonly SlurmPrograms _all = new(cake, host);

    public CommandOutput Run(string program, ImmutableArray<string> words) =>
        new SlurmTool(program, cake).Run(
            new SlurmToolSettings
            {
                ToolPath = Find(program)
                    ?? throw new UsageException(
                        $"{program} was not found on PATH, so the staging site cannot be reached. Install gfal2-util (the environment of "
                            + "the image has it), or set PATH; or copy the results here by other means, and name their folder with "
                            + "--staging=FOLDER."
                    ),
                ToolTimeout = Longest,
                Words = words,
                EnvironmentVariables = proxy is null ? [] : new Dictionary<string, string?> { ["X509_USER_PROXY"] = proxy },
            }
        );

    public string? Find(string program) => _all.Find(program);
}
