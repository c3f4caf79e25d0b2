using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Model.Tables;

/// <summary>What the jobs' packages read (<c>tables/job-keys.yml</c>): a fact that changes with their releases.</summary>
public sealed class JobKeys
{
    /// <summary>The file of the table.</summary>
    public const string FileName = "job-keys.yml";

    internal JobKeys(ImmutableArray<JobKey> config, ImmutableArray<JobKey> rucio, ImmutableArray<JobKey> environment)
    {
        Config = config;
        Rucio = rucio;
        Environment = environment;
    }

    /// <summary>Of <c>.xenon_config</c>, in the order in which the jobs' file is written.</summary>
    public ImmutableArray<JobKey> Config { get; }

    /// <summary>Of <c>rucio.cfg</c>.</summary>
    public ImmutableArray<JobKey> Rucio { get; }

    /// <summary>Variables.</summary>
    public ImmutableArray<JobKey> Environment { get; }

    /// <summary>The table of the operator's folder, else the one that is built in.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="own">The operator's folder of tables, or null.</param>
    /// <exception cref="UsageException">The operator's file cannot be read, or says something that cannot be.</exception>
    public static JobKeys Read(IFileSystem disk, string? own)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = own is null ? null : Path.Combine(own, FileName);
        if (path is null || !disk.File.Exists(path))
        {
            using var shipped = new StreamReader(typeof(JobKeys).Assembly.GetManifestResourceStream(FileName)!);
            return Parse(shipped.ReadToEnd(), FileName);
        }

        try
        {
            return Parse(BoundedText.ReadAll(disk, path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([new Fault($"the table cannot be read: {DiskFault.Why(error, path)}.", path)]);
        }
    }

    /// <summary>Reads a table.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="path">Where it stands, for faults.</param>
    internal static JobKeys Parse(string text, string path) => new JobKeysReader(path).Read(text);
}
