using System.Diagnostics;
using Outsource.Bench;

// Figures, each in a process of its own; the first two against servers in yet another one:
// rest: 2,000 runs in the catalogue, 1,200 selected, every request delayed by 50 ms; QueryRuns + FilterModes + PlanChunks must take 12 s at
// most.
//   mongo: 60,000 runs, one query; QueryRuns must hold 150 MB at most.
//   snapshot: 60,000 documents of 4 KB from a file; QueryRuns must take 3 s and hold 150 MB at most.
//   workflow: a plan of 40,000 jobs; WriteWorkflow must take 1 s and hold 200 MB at most.
//   parts: a plan of 1,000,000 jobs in parts of 5,000; WriteWorkflow must take 30 s and hold 500 MB at most.
//   ledger: 175,000 lines; writing and reading them must take 4 s at most.
//   watch: the state of a workflow of 1,000,000 nodes, in one piece and in 200 parts, must be read in 5 s and 400 MB, and again in
//   0.5 s; that of 500 workflows of 2,000 nodes in 2 s, and again in 0.5 s.
//   growth: QueryRuns to WriteWorkflow for 1,000, 4,000 and 16,000 runs, by type; CPU time may grow with a power of 1.15 of the runs at
//   most.
//   plans: 2,000 runs from QueryRuns to WriteWorkflow, in a plan by type and in one by level, which must take 1.5 times as much at most.
// Run it with: dotnet run --project bench -c Release
switch (args)
{
    case []:
        return await AllAsync();
    case ["rest", var rundb, var rucio]:
        return await Measurement.RestAsync(new Uri(rundb), new Uri(rucio));
    case [var figure, var place]:
        return await FigureAsync(figure, place);
    case ["growth"]:
        return await GrowthMeasurement.AllAsync(PrintedAsync);
    case [var alone]:
        return Measurement.Of(alone);
    case [var series, var step, var folder]:
        return await StepAsync(series, step, folder);
    default:
        Console.Error.WriteLine("usage: bench");
        return 2;
}

static Task<int> FigureAsync(string figure, string place) =>
    figure switch
    {
        "serve" => Servers.ServeAsync(place),
        "mongo" => Measurement.MongoAsync(place),
        "make-snapshot" => Task.FromResult(Measurement.MakeSnapshot(place)),
        "snapshot" => Measurement.SnapshotAsync(place),
        _ => throw new ArgumentException($"'{figure}' is not known", nameof(figure)),
    };

static Task<int> StepAsync(string series, string step, string folder) =>
    series switch
    {
        "watch" => Task.FromResult(WatchMeasurement.Step(step, folder)),
        "growth" => GrowthMeasurement.StepAsync(step, folder),
        "plans" => PlanMeasurement.StepAsync(step, folder),
        _ => throw new ArgumentException($"'{series}' is not known", nameof(series)),
    };

static async Task<int> AllAsync()
{
    var code = 0;
    foreach (var which in new[] { "rest", "mongo" })
    {
        using var server = Start(["serve", which]);
        var addresses = (await server.StandardOutput.ReadLineAsync())!.Split(' ');
        using var client = Start([which, .. addresses]);
        Console.Write(await client.StandardOutput.ReadToEndAsync());
        await client.WaitForExitAsync();
        code = Math.Max(code, client.ExitCode);
        if (Posix.Kill(server.Id, Posix.Terminate) != 0 || !server.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            Console.WriteLine($"{which}: the server did not end on SIGTERM");
            code = 1;
            server.Kill();
        }

        await server.WaitForExitAsync();
    }

    var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
    var snapshot = Path.Combine(folder, "runs.jsonl");
    try
    {
        foreach (var step in new string[][] { ["make-snapshot", snapshot], ["snapshot", snapshot], ["workflow"], ["parts"], ["ledger"] })
        {
            using var client = Start(step);
            Console.Write(await client.StandardOutput.ReadToEndAsync());
            await client.WaitForExitAsync();
            code = Math.Max(code, client.ExitCode);
        }

        foreach (var step in WatchMeasurement.Steps)
        {
            using var look = Start(["watch", step, folder]);
            Console.Write(await look.StandardOutput.ReadToEndAsync());
            await look.WaitForExitAsync();
            code = Math.Max(code, look.ExitCode);
        }

        code = Math.Max(code, await GrowthMeasurement.AllAsync(PrintedAsync));
        await PrintedAsync("plans", PlanMeasurement.World, folder);
        code = Math.Max(
            code,
            PlanMeasurement.Compare(await PrintedAsync("plans", "by-type", folder), await PrintedAsync("plans", "by-level", folder))
        );
    }
    finally
    {
        Directory.Delete(folder, true);
    }

    return code;
}

static async Task<string> PrintedAsync(params string[] step)
{
    using var client = Start(step);
    var printed = await client.StandardOutput.ReadToEndAsync();
    await client.WaitForExitAsync();
    return printed;
}

static Process Start(string[] args) =>
    Process.Start(
        new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                    ? [typeof(Servers).Assembly.Location]
                    : Array.Empty<string>(),
                .. args,
            ]
        )
        {
            RedirectStandardOutput = true,
        }
    )!;
