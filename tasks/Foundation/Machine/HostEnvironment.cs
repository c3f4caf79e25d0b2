using System.IO.Abstractions;

namespace Outsource.Foundation.Machine;

/// <summary>
/// All that the stages know of the machine they run on. They read disk, clock, user and environment through this and nothing else.
/// </summary>
public sealed record HostEnvironment
{
    public required IFileSystem Disk { get; init; }

    /// <summary>The time of planning, UTC; SOURCE_DATE_EPOCH has been heeded already.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The folder the operator stands in; relative paths of arguments start here. Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Login name of the operator.</summary>
    public required string User { get; init; }

    /// <summary>Home folder of the operator. Absolute.</summary>
    public required string Home { get; init; }

    /// <summary>Name of this machine.</summary>
    public required string HostName { get; init; }

    /// <summary>The folder with <c>tables/</c>, <c>payload/</c> and <c>demo/</c>. Absolute.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The configuration of last resort (cake.config names it). Absolute, or null when there is none.</summary>
    public string? DemoConfig { get; init; }

    /// <summary>What <c>$OUTSOURCE_DEMO</c> expands to when the environment does not set it: the demo's work_dir. Absolute.</summary>
    public required string DemoWorkDir { get; init; }

    /// <summary>A variable's value, or null when it is unset or empty.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>
    /// An absolute path: <paramref name="path"/> itself, or below <paramref name="folder"/> (default: where the operator stands). A leading
    /// <c>~/</c> is the home folder.
    /// </summary>
    public string Absolute(string path, string? folder = null)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
        {
            path = Home + path[1..];
        }

        return Path.GetFullPath(path, folder ?? WorkingDirectory);
    }
}

/// <summary>Words for the operator while a stage works. The host decides where they go and how they look.</summary>
public interface IOperatorLog
{
    /// <summary>A plain line on the way.</summary>
    void Note(string text);

    /// <summary>What the command was given for, in a line. Shown also to who wants to hear nothing else.</summary>
    void Result(string text);

    /// <summary>Something is off, but work goes on.</summary>
    void Warn(string text);

    /// <summary>Detail that only a verbose operator wants.</summary>
    void Detail(string text);

    /// <summary>Begins to show progress of a long task. Dispose ends it.</summary>
    /// <param name="what">What is counted, e.g. "run documents".</param>
    /// <param name="total">How many there will be, or null when unknown.</param>
    IProgressDisplay Progress(string what, long? total);

    /// <summary>
    /// Begins to show that something is waited for of which nobody can tell how much is left: how long already. Dispose ends it.
    /// </summary>
    /// <param name="what">What is waited for, e.g. "pegasus-plan".</param>
    IDisposable Waiting(string what);
}

/// <summary>A bar on a terminal, a line every 10 s elsewhere. Safe to call from several threads.</summary>
public interface IProgressDisplay : IDisposable
{
    void Advance(long by = 1);

    /// <summary>The total became known or changed.</summary>
    void Expect(long total);
}
