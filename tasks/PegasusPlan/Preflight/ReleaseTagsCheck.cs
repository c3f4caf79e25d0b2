using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks that image, context document and this shell are of one release.</summary>
public sealed class ReleaseTagsCheck(HostEnvironment host, LoadedConfiguration loaded)
{
    private const string Subject = "release tags";

    /// <summary>The result.</summary>
    public CheckResult Look()
    {
        if (loaded.Settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary makes no data, so the tags do not matter");
        }

        var environment = ImageReferences.OfEnvironment(host).Select(t => t.Tag).FirstOrDefault();
        var words =
            $"image {loaded.Settings.Image.Tag ?? "without tag"}, context {loaded.Context.Tag ?? "without tag"}, environment "
            + $"{environment ?? "none"}";
        return loaded.Proof != ImageProof.Proven
                ? CheckResult.Warning(
                    Subject,
                    $"{words}: {loaded.ProofWord}",
                    "It is not proved that the jobs make data with the planned hashes: pass an --image with the tag of the context "
                        + "document."
                )
            : environment is not null
            && environment != loaded.Settings.Image.Tag
            && !ReleaseTag.Same(environment, loaded.Settings.Image.Tag)
                ? CheckResult.Warning(
                    Subject,
                    words,
                    "The jobs run in the image's release, but another release is active in this shell: source the setup.sh of the image's "
                        + "release."
                )
            : CheckResult.Ok(Subject, words);
    }
}
