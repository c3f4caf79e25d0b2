using System.IO.Abstractions;
using Outsource.Engines.Records;
using Outsource.Foundation.Machine;

namespace Outsource.PegasusPlan;

/// <summary>
/// Shows the progress of the planner, which prints none. Most of its work is to write a submit file for each job; the files of our jobs are
/// counted.
/// </summary>
public sealed class PlanningProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly IFileSystem _disk;
    private readonly string _directory;
    private readonly IProgressDisplay _shown;
    private readonly Timer _timer;
    private long _counted;
    private int _counting;

    /// <param name="disk">The disk.</param>
    /// <param name="directory">The submit directory; the planner makes it. Absolute.</param>
    /// <param name="shown">Where it is shown; disposed with this.</param>
    public PlanningProgress(IFileSystem disk, string directory, IProgressDisplay shown)
    {
        (_disk, _directory, _shown) = (disk, directory, shown);
        _timer = new Timer(_ => Count(), null, Interval, Interval);
    }

    /// <summary>Counts and shows once. It does not start again while an earlier count is running.</summary>
    public void Count()
    {
        if (Interlocked.Exchange(ref _counting, 1) == 1)
        {
            return;
        }

        try
        {
            var there = _disk.Directory.Exists(_directory)
                ? _disk
                    .Directory.EnumerateFiles(_directory, "*.sub", SearchOption.AllDirectories)
                    .LongCount(f => NodeName.Parse(Path.GetFileNameWithoutExtension(f)).Ours)
                : 0;
            if (there > _counted)
            {
                _shown.Advance(there - _counted);
                _counted = there;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // An error in the progress display must not stop the work.
        }
        finally
        {
            Interlocked.Exchange(ref _counting, 0);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _shown.Dispose();
    }
}
