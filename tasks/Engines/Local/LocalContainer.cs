using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Local;

/// <summary>The choice that was made.</summary>
/// <param name="Program">apptainer, absolute; null: the environment that we stand in.</param>
/// <param name="Image">The image, or null.</param>
/// <param name="Description">For the operator: what was chosen, and why. No full stop.</param>
public sealed record ContainerChoice(string? Program, string? Image, string Description)
{
    /// <summary>Folders that jobs see besides their own. Absolute.</summary>
    public ImmutableArray<string> Binds { get; init; } = [];

    private static readonly string[] Programs = ["apptainer", "singularity"];

    /// <summary>Chooses.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="image">The image of the workflow's sites, or null.</param>
    /// <param name="host">This machine.</param>
    /// <exception cref="UsageException">What was asked for is not here.</exception>
    public static ContainerChoice Of(LocalContainer asked, string? image, HostEnvironment host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (asked == LocalContainer.None)
        {
            return new ContainerChoice(null, null, "jobs run in the environment of this shell (local_container = none)");
        }

        var program = Find(host);
        var there = image is not null && (host.Disk.Directory.Exists(image) || host.Disk.File.Exists(image));
        if (program is not null && there)
        {
            return new ContainerChoice(program, image, $"jobs run in the image '{image}' by {program}");
        }

        var lack =
            program is null ? "neither apptainer nor singularity is on PATH"
            : image is null ? "sites.yml names no image (+SingularityImage)"
            : $"the image '{image}' is not on this machine";
        return asked == LocalContainer.Auto
            ? new ContainerChoice(null, null, $"jobs run in the environment of this shell, since {lack}")
            : throw new UsageException(
                $"local_container = apptainer, but {lack}. Install it, choose another image, or set local_container = none where strax is "
                    + "installed."
            );
    }

    /// <summary>The words before those of the job.</summary>
    /// <param name="folder">The job's directory.</param>
    internal IEnumerable<string> Prefix(string folder) =>
        Program is null
            ? []
            :
            [
                Program,
                "exec",
                "--no-home",
                "--bind",
                folder,
                .. Binds.SelectMany(b => new[] { "--bind", b }),
                "--pwd",
                folder,
                Image!,
            ];

    private static string? Find(HostEnvironment host) =>
        (host.Variable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Programs.Select(p => Path.Combine(folder, p)))
            .FirstOrDefault(p => Path.IsPathRooted(p) && host.Disk.File.Exists(p));
}
