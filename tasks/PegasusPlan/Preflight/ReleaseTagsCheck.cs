using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks whether image, context document and this shell are of one release.</summary>
public sealed class ReleaseTagsCheck(HostEnvironment host, LoadedConfiguration loaded)
{
    private const string Subject = "release tags";

    /// <summary>What came of it.</summary>
    public CheckResult Look()
    {
        if (loaded.Settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary makes no data, so none must agree");
        }

        var environment = ImageReferences.OfEnvironment(host).Select(t => t.Tag).FirstOrDefault();
        var words =
            $"image {loaded.Settings.Image.Tag ?? "without tag"}, context {loaded.Context.Tag ?? "without tag"}, environment "
            + $"{environment ?? "none"}";
        return loaded.Proof != ImageProof.Proven
                ? CheckResult.Warning(
                    Subject,
                    $"{words}: {loaded.ProofWord}",
                    "Nothing proves that the jobs make data of the planned hashes: name an --image whose tag is the context document's."
                )
            : environment is not null
            && environment != loaded.Settings.Image.Tag
            && !ReleaseTag.Same(environment, loaded.Settings.Image.Tag)
                ? CheckResult.Warning(
                    Subject,
                    words,
                    "The jobs run in the image's release, but this shell stands in another: source the setup.sh of the image's release."
                )
            : CheckResult.Ok(Subject, words);
    }
}
