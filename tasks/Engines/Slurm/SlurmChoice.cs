using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Slurm;

/// <summary>What a configuration says about Slurm: the keys <c>rcc_…</c> with their consequences.</summary>
public sealed partial record SlurmChoice
{
    /// <summary>The partition; null: the default one.</summary>
    public string? Partition { get; init; }

    /// <summary>The QOS; null: none is asked for.</summary>
    public string? Qos { get; init; }

    /// <summary>The account; null: none is named.</summary>
    public string? Account { get; init; }

    /// <summary>Nodes where no job runs, in Slurm's form; those of the configuration and those that the site excludes (T17).</summary>
    public ImmutableArray<string> Excluded { get; init; } = [];

    /// <summary>Folders that are bound into the container. Absolute.</summary>
    public ImmutableArray<string> Binds { get; init; } = [];

    /// <summary>Folders of data that jobs read besides (<c>no_remote</c>); those that are there are bound too. Absolute.</summary>
    public ImmutableArray<string> Data { get; init; } = [];

    /// <summary>The image file. Absolute; null: jobs run directly on the node, as canaries do.</summary>
    public string? Image { get; init; }

    /// <summary>apptainer, singularity, or auto.</summary>
    public string Container { get; init; } = "auto";

    /// <summary>The line that loads the container program; null: none is needed.</summary>
    public string? Module { get; init; }

    /// <summary>Memory of the container, MB.</summary>
    public long MemoryOverhead { get; init; } = 6000;

    /// <summary>Longest time limit, hours.</summary>
    public double MaxHours { get; init; } = 72;

    /// <summary>Submit only while fewer jobs are queued; null: there is no limit.</summary>
    public int? MaxJobs { get; init; }

    /// <summary>Pause before another try.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further attempts after the first one for which requests grow.</summary>
    public int Retries { get; init; }

    /// <summary>As the settings say.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="siteExcludes">Nodes that the site wants left out: those with the feature <c>lc</c> at the RCC.</param>
    public static SlurmChoice Of(OutsourceSettings settings, ImmutableArray<string> siteExcludes)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var partition = settings.RccPartition;
        return new SlurmChoice
        {
            Partition = partition,
            Qos = partition,
            Account = settings.RccAccount,
            Excluded = United(settings.RccExcludeNodes, siteExcludes),
            Binds = settings.RccBind,
            Data = settings.LocalData,
            Image = settings.Canary ? null : ImageOf(settings),
            Container = settings.RccContainer,
            Module = settings.Canary ? null : settings.RccModule,
            MemoryOverhead = settings.Canary ? 0 : settings.RccMemoryOverhead,
            MaxHours = settings.RccMaxHours,
            MaxJobs = settings.RccMaxJobs,
            Pause = TimeSpan.FromSeconds(settings.RccRetriesSleep),
            Retries = settings.DagmanRetry,
        };
    }

    /// <summary>Both lists of nodes, each node or range once; commas within brackets do not part.</summary>
    public static ImmutableArray<string> United(string? configured, ImmutableArray<string> site) =>
        [
            .. OutsideBrackets()
                .Split(configured ?? "")
                .Concat(site)
                .Select(n => n.Trim())
                .Where(n => n.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The image file: <c>FOLDER/xenonnt-TAG.simg</c>; the folder depends on the cluster where none is set.</summary>
    private static string ImageOf(OutsourceSettings settings)
    {
        // Midway3 has its project space elsewhere than Midway2.
        var root = settings.RccPartition is "caslake" ? "/project" : "/project2";
        var folder = settings.RccImage ?? $"{root}/lgrandi/xenonnt/singularity-images";
        return folder.EndsWith(".simg", StringComparison.Ordinal) || folder.EndsWith(".sif", StringComparison.Ordinal)
            ? folder
            : Path.Combine(folder, $"xenonnt-{settings.Image.Tag ?? "development"}.simg");
    }

    [GeneratedRegex(@",(?![^\[\]]*\])", RegexOptions.CultureInvariant)]
    private static partial Regex OutsideBrackets();
}
