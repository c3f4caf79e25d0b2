using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Operator.Runs;

/// <summary>What there is to choose from as one JSON document (docs/schemas/run-inventory.schema.json).</summary>
public static class RunsJson
{
    public const string Schema = "outsource/run-inventory/1";

    /// <summary>The document.</summary>
    public static string Render(RunsAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var (inventory, settings) = (answer.Inventory, answer.Settings);
        return JsonOutput.Render(
            new
            {
                Schema,
                answer.Source,
                Lowest = settings.LowestRun,
                Highest = settings.HighestRun,
                Since = settings.Since?.Text,
                Until = settings.Until?.Text,
                RunsNamed = settings.Runs?.Length,
                settings.Modes,
                settings.Sources,
                settings.Detector,
                inventory.Runs,
                inventory.LeftOut,
                inventory.Untagged,
                inventory.ListingOnly,
                inventory.Doubles,
                inventory.Missing,
                Kinds = inventory.Kinds.Select(k => new
                {
                    Mode = UntrustedText.Shown(k.Value.Mode),
                    Source = k.Value.Source.Length == 0 ? null : UntrustedText.Shown(k.Value.Source),
                    Detectors = UntrustedText.Shown(k.Value.Detectors).Split(", "),
                    k.Runs,
                    k.First,
                    k.Last,
                }),
                Tags = inventory.Tags.Select(t => new
                {
                    Tag = UntrustedText.Shown(t.Value),
                    t.Runs,
                    t.First,
                    t.Last,
                }),
                DataTypes = inventory.Types.Select(t => new
                {
                    Type = UntrustedText.Shown(t.Type),
                    t.Runs.Runs,
                    t.Stored,
                    t.Runs.First,
                    t.Runs.Last,
                }),
                Others = new
                {
                    inventory.Others.Kinds,
                    inventory.Others.Tags,
                    DataTypes = inventory.Others.Types,
                },
                Faulty = inventory.Faulty.Select(f => new
                {
                    Code = ReasonCodes.Spell(f.Reason),
                    f.Documents,
                    f.Examples,
                }),
            }
        );
    }
}
