using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Local;
using Outsource.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Engines.Local;

/// <summary>The program that runs the jobs is killed in the middle.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class LocalKillTests
{
    private const int Jobs = 8;

    private LocalFixture _given = null!;

    [SetUp]
    public void MakeFolder() => _given = new LocalFixture();

    [TearDown]
    public void RemoveFolder() => _given.Dispose();

    [Test]
    public void Should_lose_no_job_and_run_none_twice_if_it_is_killed()
    {
        var twice = Path.Combine(_given.Folder, "twice");
        for (var i = 0; i < Jobs; i++)
        {
            // The lock is that of the job's processes: whoever finds it taken runs beside itself.
            var own = Path.Combine(_given.Folder, $"own{i}");
            _given.Job(
                $"061030-peaklets-000{i}",
                $"exec 7>'{own}'; flock -n 7 || echo {i} >> '{twice}'; sleep 0.4; make",
                [],
                $"{i}"
            );
        }

        _given.Job("061030-peaklets-combine", LocalFixture.Make, [.. Enumerable.Range(0, Jobs).Select(i => $"{i}")], "result").Plan();
        foreach (var ended in new[] { 0, 2, 4 })
        {
            using var program = Start();
            LocalRunnerTests.Until(() =>
                File.Exists(_given.Directories.NodesLog)
                && _given.Log() is var log
                && log.Count(e => e.Number == 5) >= ended
                && log.Count(e => e.Number == 1) > log.Count(e => e.Number == 5)
            );
            program.Kill();
            _ = program.Finish();
            LocalRunnerTests.Until(() => !new LocalQueue(_given.Disk, _given.Machine).Runs(new LocalDirectory(_given.Disk, _given.Submit)));
            Assert.That(Processes(), Is.Empty, "its jobs end with it");
        }

        Assert.That(_given.Run().Status, Is.Zero);

        Assert.That(File.Exists(twice), Is.False, "no job ran twice at once");
        Assert.That(_given.Nodes().Values.Select(n => (n.State, n.Tries)), Is.All.EqualTo((NodeState.Done, 1)));
        Assert.That(_given.Log().Where(e => e.Number == 5).Select(e => e.Cluster), Is.Unique, "each is done once");
        Assert.That(_given.Log().Count(e => e.Number == 4), Is.GreaterThan(0), "those that were cut off are started again");
        Assert.That(File.ReadAllLines(Path.Combine(_given.Outputs, "result")), Has.Length.EqualTo(Jobs + 1));
        Assert.That(_given.Directories.Dagman.Alive, Is.Empty);
    }

    /// <summary>Processes that know this workflow by their arguments.</summary>
    private IEnumerable<string> Processes() =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(d =>
            {
                try
                {
                    return File.ReadAllText(Path.Combine(d, "cmdline"));
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    return "";
                }
            })
            .Where(c => c.Contains(_given.Submit, StringComparison.Ordinal));

    /// <summary>Another process with a runner: the host, in which <see cref="StartupHook"/> takes over.</summary>
    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "outsource.dll")]);
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.Variable] = _given.Submit;
        return Process.Start(start)!;
    }
}
