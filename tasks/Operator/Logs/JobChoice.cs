using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Logs;

/// <summary>Finds the job that is asked for.</summary>
public static class JobChoice
{
    private const int MostNamed = 20;

    /// <summary>The job of that name, or the only one whose name holds it.</summary>
    /// <param name="nodes">The jobs.</param>
    /// <param name="workflow">Name of the workflow.</param>
    /// <param name="typed">As typed.</param>
    /// <exception cref="UsageException">There is none, or there are several.</exception>
    public static DagNode Of(IReadOnlyDictionary<string, DagNode> nodes, string workflow, string typed)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (nodes.TryGetValue(typed, out var exact))
        {
            return exact;
        }

        var fits = nodes.Values.Where(n => n.Name.Contains(typed, StringComparison.OrdinalIgnoreCase)).ToList();
        return fits switch
        {
            [var one] => one,
            [_, _, ..] => throw new UsageException(
                $"--job={UntrustedText.Brief(typed)} fits {fits.Count} jobs of workflow '{workflow}': "
                    + $"{string.Join(", ", fits.Take(MostNamed).Select(n => n.Name))}"
                    + $"{(fits.Count > MostNamed ? $" and {fits.Count - MostNamed} more" : "")}. Write more of the name."
            ),
            _ => throw None(nodes, workflow, typed),
        };
    }

    private static UsageException None(IReadOnlyDictionary<string, DagNode> nodes, string workflow, string typed)
    {
        var near = NearestName.Few(typed, nodes.Keys, 3);
        return new UsageException(
            $"workflow '{workflow}' has no job '{UntrustedText.Brief(typed)}'"
                + $"{(near.Count > 0 ? $" (the nearest names: {string.Join(", ", near)})" : "")}. It has "
                + $"{Counted.Of(nodes.Count, "job")}; --target=Analyze names those that failed or are held."
        );
    }
}
