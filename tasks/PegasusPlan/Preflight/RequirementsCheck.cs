using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.ClassAds;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks that HTCondor can parse the requirements.</summary>
public sealed class RequirementsCheck(HostEnvironment host, OutsourceSettings settings, JobDemands demands)
{
    private const string Subject = "requirements";

    /// <summary>The result.</summary>
    public CheckResult Look(JobPlan jobs)
    {
        var profile = SiteProfile.Of(host.Disk, settings.SiteProfile).Jobs;
        var expressions = (
            profile.ContainsKey("requirements")
                ? []
                : jobs.Groups.SelectMany(g => new[] { g.Requirements, g.CombineRequirements }).OfType<string>()
        )
            .Concat(
                demands
                    .AllOrNone()
                    .Where(d => d.Key == "requirements" || d.Key.StartsWith("request_", StringComparison.Ordinal))
                    .Select(d => d.Value)
            )
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var faults = expressions.Select(e => (Expression: e, Fault: ClassAdSyntax.ErrorIn(e))).Where(e => e.Fault is not null).ToList();
        return faults.Count == 0
            ? CheckResult.Ok(
                Subject,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(expressions.Count, "different expression parses", "different expressions parse")}"
                )
            )
            : CheckResult.Failed(
                Subject,
                string.Join("; ", faults.Select(f => $"'{f.Expression}': {f.Fault}")),
                "Correct its sources: exclude_sites, this_site_only, the tables or --site-profile."
            );
    }
}
