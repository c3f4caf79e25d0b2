using System.ComponentModel;
using System.Diagnostics;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Local;

/// <summary>Starts the program of a job under its supervisor, in the environment that the workflow and the grid give it.</summary>
/// <param name="host">This machine.</param>
/// <param name="directory">The submit directory.</param>
/// <param name="container">In what the real payload runs.</param>
internal sealed class JobStarter(HostEnvironment host, LocalDirectory directory, ContainerChoice? container)
{
    private const string SystemPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>Starts it.</summary>
    /// <param name="run">The attempt; it gets its process.</param>
    /// <param name="job">What the supervisor is told.</param>
    /// <param name="ended">Is called once, by another thread, with the exit code.</param>
    public static void Start(JobRun run, (string Script, SupervisedJob Job) job, Action<int> ended)
    {
        var words = Supervisor.Command(job.Script, job.Job);
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardInput = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        foreach (var (name, value) in job.Job.Environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var once = 0;
        process.Exited += (_, _) =>
        {
            if (Interlocked.Exchange(ref once, 1) == 0)
            {
                ended(process.ExitCode);
            }
        };
        try
        {
            _ = process.Start();
        }
        catch (Win32Exception missing)
        {
            process.Dispose();
            throw new OutsourceException(
                $"{words[0]} cannot be started: {missing.Message.TrimEnd('.')}. The local engine needs bash, and setsid and flock of "
                    + "util-linux."
            );
        }

        run.Begin(process);
    }

    /// <summary>What the supervisor is told.</summary>
    /// <param name="run">The attempt.</param>
    /// <param name="files">The node's files, without their endings.</param>
    /// <param name="fence">Bounds its memory.</param>
    public SupervisedJob Job(JobRun run, string files, MemoryFence fence)
    {
        var (work, description) = (directory.WorkOf(run.Node.Name), run.Ask.Description);
        var program = JobFolder.ProgramIn(work, description);
        var prefix = run.Ask.IsCanary || container is null ? [] : container.Prefix(work);
        return new SupervisedJob(files + ".lock", work, files + ".out", files + ".err", [.. prefix, program, .. description.Arguments])
        {
            MemoryKb = fence.AddressSpaceKb(run.Ask.MemoryMb),
            Group = run.Group,
            Fault = run.Fault switch
            {
                FaultKind.Kill => "kill",
                FaultKind.Hang => "hang",
                FaultKind.Slow => "slow",
                _ => null,
            },
            Environment = Environment(run, work),
        };
    }

    private Dictionary<string, string> Environment(JobRun run, string work)
    {
        var description = run.Ask.Description;
        // The real payload outside of its image needs the environment that we stand in; everything else gets only what it is given.
        var ours = !run.Ask.IsCanary && container is { Program: null };
        var all = new Dictionary<string, string>(ours ? host.Variables : new Dictionary<string, string>(), StringComparer.Ordinal);
        if (!ours)
        {
            all["HOME"] = work;
            all["LANG"] = "C.UTF-8";
            all["USER"] = host.User;
        }

        all["TMPDIR"] = work;
        foreach (var (name, value) in description.Environment.Where(e => !ours || e.Value.Length > 0))
        {
            all[name] = value;
        }

        var path = host.Variable("PATH") ?? SystemPath;
        var own = description.Environment.FirstOrDefault(e => e.Key == "PATH").Value;
        all["PATH"] = own is { Length: > 0 } && !ours ? $"{own}:{path}" : path;
        if (ours && !host.Disk.File.Exists("/opt/XENONnT/setup.sh"))
        {
            // Nothing has to be set up: we stand in it.
            _ = all.TryAdd("OUTSOURCE_SETUP_SCRIPT", directory.In("outsource-setup.sh"));
        }

        all["_CONDOR_SCRATCH_DIR"] = work;
        all["_CONDOR_JOB_AD"] = JobFolder.AdIn(work);
        all["_CONDOR_SLOT"] = "slot1";
        return all;
    }
}
