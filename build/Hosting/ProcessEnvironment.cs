using System.Collections;
using System.Globalization;
using System.IO.Abstractions;
using Cake.Core;
using Cake.Core.Configuration;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>Reads the HostEnvironment from the process. Nothing else in the program reads it.</summary>
internal static class ProcessEnvironment
{
    /// <param name="folders">The folders of the program.</param>
    /// <param name="invocation">The command line; a command that only prints information never fails because of a wrong variable.</param>
    public static HostEnvironment Read(HostFolders folders, Invocation invocation)
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        return new HostEnvironment
        {
            Disk = new FileSystem(),
            Now = Clock(invocation.OnlyLooks ? null : variables.GetValueOrDefault("SOURCE_DATE_EPOCH")),
            Variables = variables,
            WorkingDirectory = folders.WorkingDirectory,
            User = Environment.UserName,
            Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify)
                is { Length: > 0 } home
                ? home
                : "/",
            HostName = Environment.MachineName,
            DataFolder = folders.Program,
            DemoConfig = DemoConfig(folders),
            DemoWorkDir = Path.Combine(ProgramCommand.Published ? folders.WorkingDirectory : folders.Root, ".outsource", "demo"),
        };
    }

    /// <param name="epoch">Seconds since 1970-01-01T00:00Z, as in reproducible builds; null or empty: the clock of this machine.</param>
    internal static DateTimeOffset Clock(string? epoch)
    {
        if (string.IsNullOrEmpty(epoch))
        {
            return DateTimeOffset.UtcNow;
        }

        const long Latest = 253402300799; // 9999-12-31T23:59:59Z
        return long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= Latest
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new UsageException(
                $"SOURCE_DATE_EPOCH='{epoch}' is not a valid time: it must be whole seconds since 1970-01-01 UTC. Correct or unset it."
            );
    }

    private static string? DemoConfig(HostFolders folders)
    {
        var environment = new CakeEnvironment(new CakePlatform(), new CakeRuntime());
        var configuration = new CakeConfigurationProvider(new Cake.Core.IO.FileSystem(), environment).CreateConfiguration(
            folders.Root,
            new Dictionary<string, string>()
        );
        var path = configuration.GetValue("Outsource_DemoConfig") is { Length: > 0 } named
            ? Path.GetFullPath(named, folders.Root)
            : Path.Combine(folders.Program, "demo", ".xenon_config");
        return File.Exists(path) ? path : null;
    }
}
