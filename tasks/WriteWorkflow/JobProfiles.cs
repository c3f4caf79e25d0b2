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

    private static readonly Resources Nothing = new(0, 0);

    private readonly RetryLadder _ladder = PlannedAttempts.LadderOf(settings);

    /// <summary>The lines before and after those of memory and disk, which alone differ between most jobs of a plan by level.</summary>
    private readonly Dictionary<JobAsk, (string Before, string After)> _known = [];

    private (JobAsk Ask, string Lines)? _last;

    /// <summary>The lines of a job. Not thread safe.</summary>
    public string Of(JobAsk ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        if (_last is { } last && last.Ask == ask)
        {
            return last.Lines;
        }

        var others = ask with { Resources = Nothing };
        if (!_known.TryGetValue(others, out var lines))
        {
            _known[others] = lines = (Before(others), After(others));
        }

        var all =
            lines.Before
            + Line("request_memory", Growing(ask.Resources.MemoryMb))
            + Line("request_disk", Growing(ask.Resources.DiskKb))
            + lines.After;
        _last = (ask, all);
        return all;
    }

    private string Before(JobAsk ask)
    {
        var text = new StringBuilder("    profiles:\n");
        AddEnvironment(text, ask);
        return text.Append("      condor:\n").Append(Line("request_cpus", ask.Cores.ToString(CultureInfo.InvariantCulture))).ToString();
    }

    private string After(JobAsk ask)
    {
        var own = Condor(ask).Select(c => Line(c.Key, c.Value));
        var others = profile
            .Jobs.Where(j => j.Value is not null && !OwnKeys.Contains(j.Key))
            .Select(j => $"        {YamlText.Quote(j.Key)}: {YamlText.Quote(j.Value!)}\n");
        return string.Concat(own.Concat(others));
    }

    /// <summary>One of our own lines, with the value of the site profile if that has one; empty if it has none on purpose.</summary>
    private string Line(string key, string value) =>
        (profile.Jobs.TryGetValue(key, out var other) ? other : value) is { } asked ? $"        {key}: {YamlText.Quote(asked)}\n" : "";

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

    private IEnumerable<(string Key, string Value)> Condor(JobAsk ask)
    {
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
