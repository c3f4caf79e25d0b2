using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.Doctor;

/// <summary>What Doctor found, as one JSON document (docs/schemas/doctor.schema.json).</summary>
public static class DoctorJson
{
    public const string Schema = "outsource/doctor/1";

    /// <summary>Most job names of a group.</summary>
    private const int NodesShown = 1000;

    /// <summary>The document.</summary>
    public static string Render(Examination found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return JsonOutput.Render(
            new
            {
                Schema,
                Workflow = found.Status.Name,
                State = StateNames.Spell(found.Status.State),
                Engine = Spelling.Kebab(found.Status.Engine.ToString()),
                found.Jobs,
                Held = found.Groups.Where(g => g.Jobs.IsHeld).Sum(g => g.Jobs.Jobs.Length),
                found.Retried,
                Groups = found.Groups.Select(g => Group(g)),
                Sites = found.Sites.Select(s => new
                {
                    s.Site,
                    s.Attempts,
                    s.Failed,
                    Exclude = found.BadSites.Contains(s),
                }),
                ExcludeCommand = found.AwayFromSites?.Text,
            }
        );
    }

    private static object Group(TreatedGroup treated)
    {
        var group = treated.Jobs;
        return new
        {
            Cause = group.Name,
            Known = group.Known is not null,
            State = group.IsHeld ? "held" : "failed",
            group.Known?.Title,
            Retry = group.Known?.Retryable,
            group.Known?.Remedy,
            Excerpt = group.Excerpt is { } excerpt ? UntrustedText.Shown(excerpt) : null,
            Jobs = group.Jobs.Length,
            Names = group.Jobs.Take(NodesShown).Select(j => j.Node.Node.Name),
            group.Runs,
            group.Sites,
            MostMemoryMb = Most(group.Jobs.Select(j => j.Node.Memory)),
            MostDiskKb = Most(group.Jobs.Select(j => j.Node.Disk)),
            Command = treated.Command.Text,
            treated.Command.AfterItsEnd,
        };
    }

    private static long? Most(IEnumerable<Usage?> usages) => usages.Max(u => u?.Used);
}
