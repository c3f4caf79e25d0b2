using System.Collections.Immutable;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Diff;

/// <summary>A difference as one JSON document (docs/schemas/diff.schema.json).</summary>
public static class DiffJson
{
    public const string Schema = "outsource/diff/1";

    /// <summary>The document.</summary>
    public static string Render(PlanDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        return JsonOutput.Render(
            new
            {
                Schema,
                Before = difference.Before.Path,
                After = difference.After.Path,
                Equal = difference.IsEmpty,
                Settings = Values(difference.Settings),
                Hashes = Values(difference.Hashes),
                Outcomes = Values(difference.Outcomes),
                Reasons = Values(difference.Reasons),
                Runs = difference.Runs.Select(r => new
                {
                    r.Run,
                    r.Whole,
                    r.Entered,
                    r.Left,
                    r.Why,
                }),
                Jobs = Values(difference.Jobs),
                Requests = Values(difference.Requests),
            }
        );
    }

    private static IEnumerable<object> Values(ImmutableArray<ChangedValue> values) =>
        values.Select(v => new
        {
            v.What,
            v.Before,
            v.After,
            v.Remark,
        });
}
