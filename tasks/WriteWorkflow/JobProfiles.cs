using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Model.ClassAds;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>What every job asks of HTCondor, as the profiles of a job in <c>workflow.yml</c>.</summary>
/// <param name="settings">The settings.</param>
/// <param name="payload">What the jobs run.</param>
/// <param name="profile">Changes to the built-in sites.</param>
internal sealed class JobProfiles(OutsourceSettings settings, PayloadChoice payload, SiteProfile profile)
{
    /// <summary>Priority is this minus the epoch seconds at planning: earlier submissions first (docs/domain.md §8).</summary>
    public const long PriorityOrigin = 2_250_000_000;

    private static readonly string[] OwnKeys =
    [
        "request_cpus",
        "request_memory",
        "request_disk",
        "requirements",
        "priority",
        "+XENON_DESIRED_Sites",
    ];

    private readonly string _priority = (PriorityOrigin - settings.Clock.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);

    /// <summary>The lines of a job.</summary>
    public string Of(Resources resources, string requirements, string? desiredSites)
    {
        var text = new StringBuilder("    profiles:\n");
        if (payload.Kind == Payload.Canary)
        {
            text.Append($"      env:\n        {PayloadFiles.KindVariable}: \"canary\"\n");
        }

        text.Append("      condor:\n");
        void Add(string key, string value)
        {
            if ((profile.Jobs.TryGetValue(key, out var other) ? other : value) is { } asked)
            {
                text.Append($"        {key}: {YamlText.Quote(asked)}\n");
            }
        }

        Add("request_cpus", "1");
        Add("request_memory", ClassAd.GrowingWithRetries(resources.MemoryMb));
        Add("request_disk", ClassAd.GrowingWithRetries(resources.DiskKb));
        Add("requirements", requirements);
        Add("priority", _priority);
        if (desiredSites is not null)
        {
            Add("+XENON_DESIRED_Sites", desiredSites);
        }

        foreach (var (key, value) in profile.Jobs.Where(j => j.Value is not null && !OwnKeys.Contains(j.Key)))
        {
            text.Append($"        {YamlText.Quote(key)}: {YamlText.Quote(value!)}\n");
        }

        return text.ToString();
    }
}
