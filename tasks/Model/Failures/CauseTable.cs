using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Model.Failures;

/// <summary>Why jobs fail or are held (<c>tables/causes.yml</c>).</summary>
/// <param name="causes">The causes; the first that fits counts.</param>
public sealed class CauseTable(ImmutableArray<KnownCause> causes)
{
    /// <summary>The file of the table.</summary>
    public const string FileName = "causes.yml";

    /// <summary>The causes, in the order in which they are tried.</summary>
    public ImmutableArray<KnownCause> Causes { get; } = causes;

    /// <summary>The cause of a job; null: the table has none that fits.</summary>
    public KnownCause? Of(FailedJob job) => Causes.FirstOrDefault(c => c.Tests.Any(t => t.Fits(job)));

    /// <summary>The table of the operator's folder, else the one that is built in.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="own">The operator's folder of tables, or null.</param>
    /// <exception cref="UsageException">The operator's file cannot be read, or says something that cannot be.</exception>
    public static CauseTable Read(IFileSystem disk, string? own)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = own is null ? null : Path.Combine(own, FileName);
        if (path is null || !disk.File.Exists(path))
        {
            using var shipped = new StreamReader(typeof(CauseTable).Assembly.GetManifestResourceStream(FileName)!);
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
    internal static CauseTable Parse(string text, string path) => new CauseTableReader(path).Read(text);
}
