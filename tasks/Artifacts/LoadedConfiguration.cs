using Outsource.Model.Contexts;
using Outsource.Model.Selection;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>What LoadConfig makes: everything later stages need to know before they ask a service.</summary>
/// <param name="Settings">The resolved settings.</param>
/// <param name="Context">The context document that fits the image.</param>
/// <param name="Proof">Whether image and document were proved to fit.</param>
/// <param name="Tables">Data types, RSEs and modes.</param>
/// <param name="Notes">What the operator should hear once: duplicates in a run list, a demo in use.</param>
/// <param name="Warnings">What is off but does not stop us: unknown keys, an unproven image.</param>
public sealed record LoadedConfiguration(
    OutsourceSettings Settings,
    ContextDocument Context,
    ImageProof Proof,
    DataTables Tables,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Whether this command goes on where the same command was stopped before. Not kept.</summary>
    public bool Resumes { get; init; }

    /// <summary>Fingerprint of what is asked for, whatever the workflow's name came to be.</summary>
    public string Command =>
        SettingsFingerprint.Of(
            this,
            [
                .. SettingCatalog.All.Where(s => s.Matters && s.Name is not ("name" or "name_from_date")).Select(s => s.Name),
                SettingsFingerprint.Tables,
                SettingsFingerprint.ContextDocument,
                SettingsFingerprint.Image,
            ]
        );

    /// <summary><see cref="Proof"/> as every artifact spells it: <c>proven</c>, <c>unproven</c> or <c>mismatch-accepted</c>.</summary>
    public string ProofWord =>
        Proof switch
        {
            ImageProof.Proven => "proven",
            ImageProof.Unproven => "unproven",
            _ => "mismatch-accepted",
        };

    /// <summary>The rules of selection for this configuration.</summary>
    /// <param name="inFlight">What other workflows make now; null: nothing.</param>
    public RunRules Rules(InFlightWork? inFlight = null) => new(Settings, Tables, Context.Hashes, inFlight);
}
