using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;

namespace Outsource.Operator.Reconcile;

/// <summary>The entry of the run database that says that data is at an RSE, as the jobs enter it (docs/domain.md §10).</summary>
public static class NewEntry
{
    /// <summary>The entry, a JSON object.</summary>
    /// <param name="step">What is entered.</param>
    /// <param name="now">When, UTC.</param>
    public static string Of(RepairStep step, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(step);
        return JsonSerializer.Serialize(
            new
            {
                type = step.Data.Type,
                host = DataEntry.RucioHost,
                did = step.Data.Did,
                location = step.Rse,
                status = DataEntry.Transferred,
                protocol = "rucio",
                creation_time = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture),
                meta = new
                {
                    lineage_hash = step.Data.Hash,
                    file_count = step.Files,
                    size_mb = step.Bytes / 1e6,
                },
            },
            Options
        );
    }

    private static readonly JsonSerializerOptions Options = new() { Encoder = VisibleJson.Encoder };
}
