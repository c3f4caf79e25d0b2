using Outsource.Foundation.Files;
using Outsource.Workflows.State;

namespace Outsource.Operator.Clean;

/// <summary>What may be deleted, what is kept and what was deleted, as one JSON document (docs/schemas/clean.schema.json).</summary>
public static class CleanJson
{
    public const string Schema = "outsource/clean/1";

    /// <summary>The document.</summary>
    /// <param name="rows">The workflows.</param>
    /// <param name="olderThan">What changed since is kept.</param>
    public static string Render(IReadOnlyList<CleanRow> rows, TimeSpan olderThan) =>
        JsonOutput.Render(
            new
            {
                Schema,
                OlderThanHours = (long)olderThan.TotalHours,
                Deletable = rows.Count(r => r.Kept is null),
                DeletableBytes = rows.Where(r => r.Kept is null).Sum(r => r.Bytes),
                Deleted = rows.Count(r => r.Deleted),
                Workflows = rows.Select(r => new
                {
                    r.Name,
                    State = r.State is { } state ? StateNames.Spell(state) : null,
                    AgeHours = r.Age is { } age ? Math.Max(0, (long)age.TotalHours) : (long?)null,
                    r.Bytes,
                    Folders = r.Goes,
                    r.Leftover,
                    r.Kept,
                    r.Deleted,
                }),
            }
        );
}
