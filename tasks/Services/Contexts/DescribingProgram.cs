using System.Collections.Immutable;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Services.Contexts;

/// <summary>A way to describe a context by importing it.</summary>
/// <param name="Name">What it is called in messages and artifacts.</param>
/// <param name="Program">The program. Absolute; empty where it is missing.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record DescribingProgram(string Name, string Program, ImmutableArray<string> Arguments)
{
    private static readonly string[] Containers = ["apptainer", "singularity"];

    /// <summary>Why it cannot be run, as a clause; null: it can.</summary>
    public string? Missing { get; private init; }

    /// <summary>The ways of this machine, in the order in which they are tried: the environment, then the image.</summary>
    public static IEnumerable<DescribingProgram> Of(HostEnvironment host, DescriptionRequest request)
    {
        var exporter = Path.Combine(host.DataFolder, "payload", "context_description.py");
        ImmutableArray<string> asked =
        [
            "-s",
            exporter,
            "--context",
            request.Context,
            .. request.XedocsVersion is { } version ? new[] { "--xedocs-version", version } : [],
            .. request.SavesPeakCorrelation ? new[] { "--save-peak-correlation" } : [],
            .. request.Saltax,
        ];
        if (request.From != ContextSource.Image)
        {
            yield return EnvironmentContextCatalogue.PythonOf(host) is { } python
                ? new DescribingProgram($"the environment ({python})", python, asked)
                : Without("there is no python3 in $CONDA_PREFIX or $PATH");
        }

        if (request.From != ContextSource.Environment && request.Image is { Length: > 0 } image)
        {
            yield return OfImage(host, image, request.Tag, asked);
        }
    }

    private static DescribingProgram OfImage(HostEnvironment host, string image, string? tag, ImmutableArray<string> asked)
    {
        if (Containers.Select(c => InPath(host, c)).FirstOrDefault(p => p is not null) is not { } container)
        {
            return Without("there is neither apptainer nor singularity in $PATH to look into the image");
        }

        if (!host.Disk.Directory.Exists(image) && !host.Disk.File.Exists(image))
        {
            return Without($"image {image} is not on this machine");
        }

        var folder = Path.Combine(host.DataFolder, "payload");
        return new DescribingProgram(
            $"the image ({image})",
            container,
            ["exec", "--bind", $"{folder}:{folder}:ro", image, "python3", .. asked, .. tag is null ? Array.Empty<string>() : ["--tag", tag]]
        );
    }

    private static DescribingProgram Without(string why) => new("", "", []) { Missing = why };

    private static string? InPath(HostEnvironment host, string program) =>
        (host.Variable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(host.Disk.File.Exists);
}
