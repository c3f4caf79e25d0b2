using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Report;

/// <summary>
/// The report's page of a workflow that is watched: it is made again at each look, and an open page loads itself again. The artifacts are
/// read once, and again when one of them has changed.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="path">The file. Absolute.</param>
/// <param name="interval">Time between two looks.</param>
public sealed class LivePage(OutsourceContext context, string path, TimeSpan interval)
{
    /// <summary>How a page of ours begins; another file is not overwritten.</summary>
    private const string Begin = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";

    private static readonly string[] Artifacts = ["settings.yml", "runs.jsonl", "ledger.jsonl", "plan.jsonl"];

    private ReportData? _data;
    private string _marks = "";
    private bool _warned;

    /// <summary>Refuses a file that is no page of ours, and a folder that does not exist.</summary>
    /// <exception cref="UsageException">The page cannot be made there.</exception>
    public void Check()
    {
        if (context.Disk.Directory.Exists(path))
        {
            throw Unfit("is a folder. Name a file in it");
        }

        if (!context.Disk.Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw Unfit("is in a folder that does not exist. Make the folder first, or name another file");
        }

        if (context.Disk.File.Exists(path) && !IsOurs())
        {
            throw Unfit("exists and is not a page of ours, so it is not overwritten. Name another file");
        }
    }

    /// <summary>Makes the page. After the first one a failure is only told: watching goes on.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="status">Its state, with the changes.</param>
    public void Write(WorkflowOnDisk workflow, WorkflowStatus status)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(status);
        var isFirst = _data is null;
        try
        {
            var marks = MarksOf(workflow.Folder);
            if (_data is null || marks != _marks)
            {
                _data = ReportData.Read(context.Request.Host, workflow, status, context.Cancellation);
                _marks = marks;
            }

            _data = _data with { Now = status.AsOf, Status = status.Counts.Total > 0 ? status : null };
            Save(_data, status.Ended ? null : interval);
        }
        catch (Exception error) when (!isFirst && error is OutsourceException or IOException or UnauthorizedAccessException)
        {
            Warn(error);
        }
    }

    /// <summary>Makes the last page once more without loading itself again: nobody makes it any longer.</summary>
    public void End()
    {
        try
        {
            if (_data is not null)
            {
                Save(_data, null);
            }
        }
        catch (Exception error) when (error is OutsourceException or IOException or UnauthorizedAccessException)
        {
            Warn(error);
        }
    }

    private void Save(ReportData data, TimeSpan? refresh) =>
        AtomicFile.WriteText(context.Disk, path, new ReportPage(data) { Refresh = refresh }.Render());

    private void Warn(Exception error)
    {
        if (!_warned)
        {
            context.Messages.Warn($"the page '{path}' cannot be made again: {error.Message.TrimEnd('.')}. Watching goes on.");
        }

        _warned = true;
    }

    private string MarksOf(string folder) =>
        string.Join(
            ' ',
            Artifacts
                .Select(name => context.Disk.FileInfo.New(Path.Combine(folder, name)))
                .Select(file => file.Exists ? FormattableString.Invariant($"{file.Length}/{file.LastWriteTimeUtc.Ticks}") : "-")
        );

    private bool IsOurs()
    {
        try
        {
            using var reader = new StreamReader(context.Disk.File.OpenRead(path));
            var begin = new char[Begin.Length];
            return reader.ReadBlock(begin) == begin.Length && begin.AsSpan().SequenceEqual(Begin);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unfit($"cannot be read ({error.Message.TrimEnd('.')}). Name another file");
        }
    }

    private UsageException Unfit(string why) => new($"--html: '{path}' {why}.");
}
