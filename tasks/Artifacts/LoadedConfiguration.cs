using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Model.Selection;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>The result of LoadConfig: everything that later stages need before they ask a service.</summary>
/// <param name="Settings">The resolved settings.</param>
/// <param name="Context">The context document that matches the image.</param>
/// <param name="Proof">Whether image and document were proved to match.</param>
/// <param name="Tables">Data types, RSEs and modes.</param>
/// <param name="Notes">Messages for the operator: duplicates in a run list, a demo in use.</param>
/// <param name="Warnings">Warnings: unknown keys, an unproven image.</param>
public sealed record LoadedConfiguration(
    OutsourceSettings Settings,
    ContextDocument Context,
    ImageProof Proof,
    DataTables Tables,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Whether this command continues where the same command was stopped. Not saved.</summary>
    public bool Resumes { get; init; }

    /// <summary>Whether it replaces a workflow of its name that was only written. Not saved.</summary>
    public bool OverWritten { get; init; }

    /// <summary>Fingerprint of the request, without the workflow's name.</summary>
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

    /// <see cref="Proof"/> in the spelling of artifacts: <c>proven</c>, <c>unproven</c> or <c>mismatch-accepted</c>.
    public string ProofWord =>
        Proof switch
        {
            ImageProof.Proven => "proven",
            ImageProof.Unproven => "unproven",
            _ => "mismatch-accepted",
        };

    /// <summary>The rules of selection for this configuration.</summary>
    /// <param name="inFlight">Data that other workflows are making now; null: none.</param>
    public RunRules Rules(InFlightWork? inFlight = null) =>
        Levels is { } levels
            ? new LevelRules(Settings, Tables, levels, inFlight)
            : new TypeRules(Settings, Tables, Context.Hashes, inFlight);

    /// <summary>The levels of a plan by level; null: it is a plan by type.</summary>
    public LevelContext? Levels { get; init; }
}
