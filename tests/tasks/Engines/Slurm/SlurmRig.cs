using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Machine;
using Outsource.Tests.Fixtures;
using FileSystem = System.IO.Abstractions.FileSystem;
using Path = System.IO.Path;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>
/// A real Slurm of one machine: munged, slurmctld and slurmd on free ports of the loopback, in a folder of its own, without accounting.
/// All that it started is ended by its process id.
/// </summary>
internal sealed class SlurmRig : IDisposable
{
    private static readonly string[] Needed = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];

    private readonly List<Process> _started = [];

    private SlurmRig(string folder) => Folder = folder;

    /// <summary>A folder for the tests, too. Absolute.</summary>
    public string Folder { get; }

    public string Configuration => Path.Combine(Folder, "slurm.conf");

    /// <summary>The programs, which ask this Slurm.</summary>
    public ISlurmPrograms Programs { get; private set; } = null!;

    /// <summary>Why it cannot be started here; null: it can.</summary>
    public static string? Missing
    {
        get
        {
            var lacking = Needed.Where(n => ProgramPath(n) is null).ToList();
            return !OperatingSystem.IsLinux() ? "Slurm runs on Linux only"
                : lacking.Count > 0 ? $"{string.Join(", ", lacking)} not installed (Debian: slurm-wlm, munge)"
                : Environment.UserName != "root" ? "slurmd starts jobs as root only"
                : null;
        }
    }

    /// <summary>Starts it, and waits until a job could run.</summary>
    public static SlurmRig Start()
    {
        var rig = new SlurmRig(Directory.CreateTempSubdirectory("outsource-slurm-").FullName);
        try
        {
            rig.Begin();
            return rig;
        }
        catch
        {
            rig.Dispose();
            throw;
        }
    }

    /// <summary>Calls a program of Slurm and gives its output.</summary>
    public string Ask(string program, params string[] words) => string.Join('\n', Programs.Run(program, [.. words]).Out);

    /// <summary>Waits until none of the jobs is queued any more.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public void WaitUntilIdle(CancellationToken cancel)
    {
        while (new Squeue(Programs).All().Jobs is not { } jobs || jobs.Any(j => j.IsQueued || j.WaitsForNothing && j.State == "PENDING"))
        {
            cancel.ThrowIfCancellationRequested();
            Thread.Sleep(200);
        }
    }

    public void Dispose()
    {
        try
        {
            if (Programs is not null && _started.Count == 3 && _started.TrueForAll(p => !p.HasExited))
            {
                _ = Programs.Run("scancel", ["--user", Environment.UserName]);
                for (var i = 0; i < 100 && Ask("squeue", "-h", "-o", "%i").Length > 0; i++)
                {
                    Thread.Sleep(100);
                }
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            TestContext.Out.WriteLine($"the jobs could not be removed: {error.Message}");
        }

        for (var i = _started.Count - 1; i >= 0; i--)
        {
            End(_started[i]);
        }

        EndSteps();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException) { }
    }

    private static void End(Process process)
    {
        using (process)
        {
            if (!process.HasExited)
            {
                using var term = Process.Start("kill", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                _ = term.Finish();
                if (!process.WaitForExit(5000))
                {
                    process.Kill(entireProcessTree: true);
                    process.WaitForExit(5000);
                }
            }
        }
    }

    /// <summary>Steps of jobs outlive slurmd; those of this rig have its folder in their environment.</summary>
    private void EndSteps()
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    if (File.ReadAllText($"/proc/{process.Id}/environ").Contains(Folder, StringComparison.Ordinal) && process.Id != Environment.ProcessId)
                    {
                        process.Kill();
                    }
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception) { }
            }
        }
    }

    private void Begin()
    {
        foreach (var name in new[] { "state", "spool", "log" })
        {
            Directory.CreateDirectory(Path.Combine(Folder, name));
        }

        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        var key = Path.Combine(Folder, "munge.key");
        File.WriteAllBytes(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(128));
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        var (controller, node) = (FreePort(), FreePort());
        File.WriteAllText(Configuration, Text(controller, node));
        Programs = ProgramsOf(Folder, Configuration);
        Launch(
            "munged",
            "--foreground",
            "--force",
            $"--socket={Folder}/munge.sock",
            $"--key-file={key}",
            $"--pid-file={Folder}/munged.pid",
            $"--log-file={Folder}/log/munged.log",
            $"--seed-file={Folder}/munge.seed"
        );
        Until("munged", () => File.Exists($"{Folder}/munge.sock"));
        Launch("slurmctld", "-D", "-f", Configuration);
        Launch("slurmd", "-D", "-f", Configuration, "-N", "localhost");
        Until("Slurm", () => Ask("sinfo", "-h", "-o", "%T").Trim() == "idle");
    }

    private void Until(string what, Func<bool> ready)
    {
        for (var i = 0; i < 600; i++)
        {
            if (_started.Any(p => p.HasExited))
            {
                break;
            }

            if (ready())
            {
                return;
            }

            Thread.Sleep(100);
        }

        var logs = Directory.EnumerateFiles(Path.Combine(Folder, "log")).Select(f => $"{Path.GetFileName(f)}: {string.Join(" / ", File.ReadLines(f).TakeLast(5))}");
        throw new InvalidOperationException($"{what} did not start: {string.Join("; ", logs)}");
    }

    private void Launch(string program, params string[] words)
    {
        var start = new ProcessStartInfo(ProgramPath(program)!, words) { WorkingDirectory = Folder };
        start.Environment["SLURM_CONF"] = Configuration;
        // Their logs have what they print.
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _started.Add(process);
    }

    private string Text(int controller, int node) =>
        $"""
            ClusterName=outsource
            SlurmctldHost=localhost(127.0.0.1)
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            AuthType=auth/munge
            CryptoType=crypto/munge
            AuthInfo=socket={Folder}/munge.sock
            StateSaveLocation={Folder}/state
            SlurmdSpoolDir={Folder}/spool
            SlurmctldPidFile={Folder}/slurmctld.pid
            SlurmdPidFile={Folder}/slurmd.pid
            SlurmctldLogFile={Folder}/log/slurmctld.log
            SlurmdLogFile={Folder}/log/slurmd.log
            SlurmctldPort={controller}
            SlurmdPort={node}
            SlurmdParameters=config_overrides
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            SchedulerType=sched/backfill
            SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,bf_interval=1,requeue_setup_env_fail
            AccountingStorageType=accounting_storage/none
            JobCompType=jobcomp/none
            MpiDefault=none
            ReturnToService=2
            MinJobAge=3600
            KillWait=2
            NodeName=localhost NodeAddr=127.0.0.1 CPUs=4 RealMemory=64000 State=UNKNOWN
            PartitionName=lgrandi Nodes=localhost Default=YES MaxTime=3-00:00:00 State=UP

            """;

    private static string? ProgramPath(string name) =>
        new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin" }
            .Select(f => Path.Combine(f, name))
            .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The programs of this machine through Cake, which ask the Slurm of a configuration.</summary>
    public static ISlurmPrograms ProgramsOf(string folder, string configuration)
    {
        var host = new HostEnvironment
        {
            Disk = new FileSystem(),
            Now = DateTimeOffset.UnixEpoch,
            Variables = new Dictionary<string, string>
            {
                ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin",
                ["SLURM_CONF"] = configuration,
            },
            WorkingDirectory = folder,
            User = Environment.UserName,
            Home = folder,
            HostName = "localhost",
            DataFolder = folder,
            DemoWorkDir = folder,
        };
        return new SlurmPrograms(Context.Real(), host);
    }

    /// <summary>What a tool needs of Cake.</summary>
    private sealed record Context(
        Cake.Core.IO.IFileSystem FileSystem,
        ICakeEnvironment Environment,
        ICakeLog Log,
        IProcessRunner ProcessRunner,
        IToolLocator Tools
    ) : ICakeContext
    {
        public IGlobber Globber => throw new NotSupportedException();

        public ICakeArguments Arguments => throw new NotSupportedException();

        public IRegistry Registry => throw new NotSupportedException();

        public ICakeDataResolver Data => throw new NotSupportedException();

        public ICakeConfiguration Configuration => throw new NotSupportedException();

        public static Context Real()
        {
            var disk = new Cake.Core.IO.FileSystem();
            var (environment, log) = (new CakeEnvironment(new CakePlatform(), new CakeRuntime()), new NullLog());
            var configuration = new CakeConfiguration(new Dictionary<string, string>());
            var tools = new ToolLocator(
                environment,
                new ToolRepository(environment),
                new ToolResolutionStrategy(disk, environment, new Globber(disk, environment), configuration, log)
            );
            return new Context(disk, environment, log, new ProcessRunner(disk, environment, log, tools, configuration), tools);
        }
    }
}

/// <summary>The real clock, for the rig.</summary>
internal sealed class RealTime : IMachine
{
    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public int Process => Environment.ProcessId;

    public long? User => null;

    public IDisposable? TryLock(string path) => null;

    public bool Runs(int process) => false;

    public FreeSpace? FreeAt(string path) => null;

    public Ownership? OwnershipOf(string path) => null;

    public void Wait(TimeSpan time, CancellationToken cancel) => cancel.WaitHandle.WaitOne(time);
}
