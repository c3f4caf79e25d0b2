using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Model.ClassAds;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>What one job asks for.</summary>
/// <param name="Resources">Memory and disk.</param>
/// <param name="Requirements">ClassAd expression.</param>
/// <param name="DesiredSites">Value of <c>+XENON_DESIRED_Sites</c>, or null.</param>
internal sealed record JobAsk(Resources Resources, string Requirements, string? DesiredSites)
{
    /// <summary>Cores.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>ClassAd expression of preference, or null.</summary>
    public string? Rank { get; init; }

    /// <summary>When it is held.</summary>
    public TimeLimits Limits { get; init; } = TimeLimits.None;

    /// <summary>Variables of its environment.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];
}

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
        "rank",
        "periodic_hold",
        "periodic_remove",
        "stream_output",
        "stream_error",
    ];

    private readonly string _priority = (PriorityOrigin - settings.Clock.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);

    private readonly RetryLadder _ladder = PlannedAttempts.LadderOf(settings);

    /// <summary>The lines of a job.</summary>
    public string Of(JobAsk ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var text = new StringBuilder("    profiles:\n");
        AddEnvironment(text, ask);
        text.Append("      condor:\n");
        foreach (var (key, value) in Condor(ask))
        {
            if ((profile.Jobs.TryGetValue(key, out var other) ? other : value) is { } asked)
            {
                text.Append($"        {key}: {YamlText.Quote(asked)}\n");
            }
        }

        foreach (var (key, value) in profile.Jobs.Where(j => j.Value is not null && !OwnKeys.Contains(j.Key)))
        {
            text.Append($"        {YamlText.Quote(key)}: {YamlText.Quote(value!)}\n");
        }

        return text.ToString();
    }

    private void AddEnvironment(StringBuilder text, JobAsk ask)
    {
        var canary = payload.Kind == Payload.Canary;
        if (!canary && ask.Environment.Count == 0)
        {
            return;
        }

        text.Append("      env:\n");
        if (canary)
        {
            text.Append($"        {PayloadFiles.KindVariable}: \"canary\"\n");
        }

        foreach (var (name, value) in ask.Environment)
        {
            text.Append($"        {name}: {YamlText.Quote(value)}\n");
        }
    }

    private IEnumerable<(string Key, string? Value)> Condor(JobAsk ask)
    {
        yield return ("request_cpus", ask.Cores.ToString(CultureInfo.InvariantCulture));
        yield return ("request_memory", Growing(ask.Resources.MemoryMb));
        yield return ("request_disk", Growing(ask.Resources.DiskKb));
        yield return ("requirements", ask.Requirements);
        yield return ("priority", _priority);
        if (ask.DesiredSites is not null)
        {
            yield return ("+XENON_DESIRED_Sites", ask.DesiredSites);
        }

        if (ask.Rank is not null)
        {
            yield return ("rank", ask.Rank);
        }

        if (ask.Limits.Hold(_ladder) is { } hold)
        {
            yield return ("periodic_hold", hold);
            yield return ("periodic_remove", TimeLimits.Remove);
        }

        if (settings.StreamOutput)
        {
            yield return ("stream_output", "True");
            yield return ("stream_error", "True");
        }
    }

    /// <summary>A plan by type doubles with the first retry, as 2024's program does, unless the configuration says otherwise.</summary>
    private string Growing(long amount) =>
        settings is { Plan: PlanKind.ByType, Increment: 1, DagmanStaticRetry: 0 }
            ? ClassAd.GrowingWithRetries(amount)
            : _ladder.Expression(amount);
}
