using System.Diagnostics;
using Outsource.Bench;

// Two figures, each in a process of its own, against servers in yet another one:
//   rest:  2,000 runs in the catalogue, 1,200 selected, every request delayed by 50 ms; QueryRuns + FilterModes + PlanChunks must take 12 s at most.
//   mongo: 60,000 runs, one query; QueryRuns must hold 250 MB at most.
// Run it with: dotnet run --project bench -c Release
switch (args)
{
    case []:
        return await BothAsync();
    case ["serve-rest"]:
        return await Servers.RestAsync();
    case ["serve-mongo"]:
        return await Servers.MongoAsync();
    case ["rest", var rundb, var rucio]:
        return await Measurement.RestAsync(new Uri(rundb), new Uri(rucio));
    case ["mongo", var address]:
        return await Measurement.MongoAsync(address);
    default:
        Console.Error.WriteLine("usage: bench");
        return 2;
}

static async Task<int> BothAsync()
{
    var code = 0;
    foreach (var which in new[] { "rest", "mongo" })
    {
        using var server = Start(["serve-" + which]);
        var addresses = (await server.StandardOutput.ReadLineAsync())!.Split(' ');
        using var client = Start([which, .. addresses]);
        Console.Write(await client.StandardOutput.ReadToEndAsync());
        await client.WaitForExitAsync();
        code = Math.Max(code, client.ExitCode);
        server.Kill();
        await server.WaitForExitAsync();
    }

    return code;
}

static Process Start(string[] args) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(Servers).Assembly.Location] : Array.Empty<string>(), .. args]) { RedirectStandardOutput = true })!;
