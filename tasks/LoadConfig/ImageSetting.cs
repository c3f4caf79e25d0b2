using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Reads the image in which jobs run.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="values">Reads values, and collects errors.</param>
internal sealed class ImageSetting(HostEnvironment host, ValueReader values)
{
    private const string Development = "development";

    /// <summary>The image that is named, or that of the active release.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="payload">A canary needs no image.</param>
    public ImageReference Read(Setting setting, Payload payload)
    {
        if (values.Text(setting, out var line) is { } given)
        {
            if (ImageReferences.Parse(given, out var fault) is { } image)
            {
                if (values.Plan == PlanKind.ByLevel && given.Contains(Development, StringComparison.OrdinalIgnoreCase))
                {
                    values.Wrong(
                        $"image '{given}' is a development image, which changes under the same name, so plans by level refuse it. Pass the "
                            + "tag of a release, such as --image=2025.07.1.",
                        line
                    );
                }

                return image;
            }

            values.Wrong(
                $"image '{given}' is not valid ({fault}): pass a full path or a tag, such as 2024.02.1 or "
                    + $"{ImageReference.Prefix}2024.02.1.",
                line
            );
            return new ImageReference("", null);
        }

        if (values.Plan == PlanKind.ByLevel && payload == Payload.Strax)
        {
            values.Wrong(
                "no image is set, which plans by level need. Pass --image=TAG, such as --image=2025.07.1, or write 'image = TAG' into "
                    + "[Outsource]."
            );
            return new ImageReference("", null);
        }

        var found = ImageReferences.OfEnvironment(host);
        if (found.Count == 0 && payload == Payload.Canary)
        {
            return ImageReference.None;
        }

        if (found.Count == 0)
        {
            values.Wrong(
                "no image is set, and no CVMFS release is active (PATH, CONDA_PREFIX). Pass --image=TAG (or set [Outsource] "
                    + "image), or source the setup.sh of a release first."
            );
            return new ImageReference("", null);
        }

        var (tag, variable) = found[0];
        values.Origins["image"] = $"environment {variable}";
        if (found.Count > 1)
        {
            values.Warnings.Add(
                $"the environment contains several releases ({string.Join(", ", found.Select(f => f.Tag))}); the image of the "
                    + $"first one, {tag}, is used. Pass --image=TAG to select one."
            );
        }

        return new ImageReference(ImageReference.Prefix + tag, tag);
    }
}
