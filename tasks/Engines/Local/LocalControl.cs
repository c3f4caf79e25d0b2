using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Local;

/// <summary>What a runner is asked to do.</summary>
public enum LocalAction
{
    /// <summary>Of the workflow: no new jobs start. Of jobs: they are ended, and wait until they are released.</summary>
    Hold,

    /// <summary>Held jobs start again, without counting a retry; of the workflow: new jobs start again too.</summary>
    Release,

    /// <summary>Of the workflow: its jobs are ended, and so is its runner. Of jobs: they are ended, and count as failed.</summary>
    Remove,
}

/// <summary>What became of a request.</summary>
public enum LocalReply
{
    /// <summary>The runner has done it, and its log says so.</summary>
    Done,

    /// <summary>No runner works there.</summary>
    NoRunner,

    /// <summary>The runner did not answer in time; it will still do it.</summary>
    Pending,
}

/// <summary>
/// Asks the runner of a workflow, from another process: a request is a file, which the runner deletes when it is done.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="machine">Locks and the clock.</param>
/// <param name="submitDirectory">Absolute.</param>
public sealed class LocalControl(IFileSystem disk, IMachine machine, string submitDirectory)
{
    private const string Ending = ".request";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20),
        Pause = TimeSpan.FromMilliseconds(50);

    private readonly LocalDirectory _directory = new(disk, submitDirectory);

    /// <summary>Asks, and waits until it is done.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="nodes">With which jobs; null: with the workflow.</param>
    /// <param name="reason">Why, for the log. One line.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public LocalReply Ask(LocalAction action, IReadOnlyList<string>? nodes, string reason, CancellationToken cancel)
    {
        var queue = new LocalQueue(disk, machine);
        if (!queue.Runs(_directory))
        {
            return LocalReply.NoRunner;
        }

        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{machine.UtcNow.UtcTicks:D20}-{machine.Process}-{Guid.NewGuid():N}{Ending}"
        );
        var path = Path.Combine(_directory.Control, name);
        AtomicFile.WriteText(disk, path, new LocalRequest(action, nodes, reason).Text, AtomicFile.Private);
        for (var waited = TimeSpan.Zero; waited < Longest; waited += Pause)
        {
            if (!disk.File.Exists(path))
            {
                return LocalReply.Done;
            }

            machine.Wait(Pause, cancel);
            if (!queue.Runs(_directory) && disk.File.Exists(path))
            {
                disk.File.Delete(path);
                return LocalReply.NoRunner;
            }
        }

        return LocalReply.Pending;
    }

    /// <summary>The requests that wait, oldest first. What is none of ours is deleted.</summary>
    internal static IEnumerable<(string Path, LocalRequest Request)> Waiting(IFileSystem disk, LocalDirectory directory)
    {
        if (!disk.Directory.Exists(directory.Control))
        {
            yield break;
        }

        foreach (var path in disk.Directory.EnumerateFiles(directory.Control, "*" + Ending).Order(StringComparer.Ordinal).ToList())
        {
            if (LocalRequest.Read(disk, path) is { } request)
            {
                yield return (path, request);
            }
            else
            {
                disk.File.Delete(path);
            }
        }
    }
}

/// <summary>A request to a runner.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Nodes">With which jobs; null: with the workflow.</param>
/// <param name="Reason">Why.</param>
internal sealed record LocalRequest(LocalAction Action, IReadOnlyList<string>? Nodes, string Reason)
{
    private const string All = "all";

    /// <summary>As a file has it: the action, the reason, then one job on each line.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder().Append(Action).Append('\n').Append(Reason.ReplaceLineEndings(" ")).Append('\n');
            foreach (var node in Nodes ?? [All])
            {
                text.Append(node).Append('\n');
            }

            return text.ToString();
        }
    }

    /// <summary>Reads one, or null: it is none.</summary>
    public static LocalRequest? Read(IFileSystem disk, string path)
    {
        try
        {
            return
                BoundedText.Statements(disk, path).ToList() is [var action, var reason, .. var nodes]
                && Enum.TryParse<LocalAction>(action, out var asked)
                && Enum.IsDefined(asked)
                && nodes.Count > 0
                ? new LocalRequest(asked, nodes is [All] ? null : nodes, reason)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
