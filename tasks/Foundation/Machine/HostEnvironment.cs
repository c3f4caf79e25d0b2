using System.IO.Abstractions;

namespace Outsource.Foundation.Machine;

/// <summary>
/// The machine as the stages see it: they read disk, clock, user and environment only through this.
/// </summary>
public sealed record HostEnvironment
{
    public required IFileSystem Disk { get; init; }

    /// <summary>The time of planning, UTC; SOURCE_DATE_EPOCH is applied already.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The operator's current folder; relative paths of arguments start here. Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Login name of the operator.</summary>
    public required string User { get; init; }

    /// <summary>Home folder of the operator. Absolute.</summary>
    public required string Home { get; init; }

    /// <summary>Name of this machine.</summary>
    public required string HostName { get; init; }

    /// <summary>The folder with <c>tables/</c>, <c>payload/</c> and <c>demo/</c>. Absolute.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The configuration that is used when there is no other (cake.config names it). Absolute, or null.</summary>
    public string? DemoConfig { get; init; }

    /// <summary>What <c>$OUTSOURCE_DEMO</c> expands to when the environment does not set it: the demo's work_dir. Absolute.</summary>
    public required string DemoWorkDir { get; init; }

    /// <summary>A variable's value, or null when it is unset or empty.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>
    /// An absolute path: <paramref name="path"/> itself, or below <paramref name="folder"/> (default: the operator's current folder). A
    /// leading
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

/// <summary>Messages for the operator while a stage works. The host decides where they go and how they look.</summary>
public interface IOperatorLog
{
    /// <summary>A line about the work.</summary>
    void Note(string text);

    /// <summary>The result of the command, in a line. It is shown at every verbosity.</summary>
    void Result(string text);

    /// <summary>A warning: something is wrong, but the work continues.</summary>
    void Warn(string text);

    /// <summary>Detail, shown with --verbosity=verbose.</summary>
    void Detail(string text);

    /// <summary>Begins to show progress of a long task. Dispose ends it.</summary>
    /// <param name="what">What is counted, e.g. "run documents".</param>
    /// <param name="total">How many there will be, or null when unknown.</param>
    IProgressDisplay Progress(string what, long? total);

    /// <summary>
    /// Begins to show that the program waits, and for how long already, when the end is not known. Dispose ends it.
    /// </summary>
    /// <param name="what">What the program waits for, e.g. "pegasus-plan".</param>
    IDisposable Waiting(string what);

    /// <summary>
    /// Begins to wait for an answer: if it takes long, the progress that is shown says so, and when the program gives up. Dispose ends it.
    /// </summary>
    /// <param name="what">Who must answer, which try it is: "RunDB http://rundb.example (try 1 of 3)". No secret.</param>
    /// <param name="limit">When the program gives up, from now.</param>
    IDisposable? Awaiting(string what, TimeSpan limit) => null;
}

/// <summary>A bar on a terminal, a line every 10 s elsewhere. Safe to call from several threads.</summary>
public interface IProgressDisplay : IDisposable
{
    void Advance(long by = 1);

    /// <summary>The total became known or changed.</summary>
    void Expect(long total);
}
