using System.IO.Abstractions;
using Outsource.Build.Hosting;
using Outsource.Engines.Local;
using Outsource.Foundation.Machine;

/// <summary>
/// A runner as a program of its own, for tests that kill it: the runtime calls this in any program that DOTNET_STARTUP_HOOKS tells it to.
/// It uses nothing of NUnit, which that program does not have.
/// </summary>
internal static class StartupHook
{
    /// <summary>Names the submit directory.</summary>
    public const string Variable = "OUTSOURCE_TEST_LOCAL_RUNNER";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } submit)
        {
            return;
        }

        var host = new HostEnvironment
        {
            Disk = new FileSystem(),
            Now = DateTimeOffset.UtcNow,
            Variables = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
            WorkingDirectory = "/",
            User = "tester",
            Home = "/",
            HostName = "here",
            DataFolder = "/",
            DemoWorkDir = "/",
        };
        var pace = new LocalPace { Requests = TimeSpan.FromMilliseconds(50), Limits = TimeSpan.FromMilliseconds(50) };
        using var runner = LocalRunner.Begin(host, new LinuxMachine(), submit, new LocalOrder { Slots = 2, Pace = pace });
        Environment.Exit(runner?.Run(null, CancellationToken.None).Status ?? 9);
    }
}
