using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Scenarios;

namespace Outsource.Tests.Docs;

/// <summary>
/// A machine as a page has it, in a folder of its own: the operator stands in a checkout whose <c>build.sh</c> is the built program, at a
/// fixed time.
/// </summary>
/// <remarks>
/// <c>fresh</c>: nothing is configured. <c>site</c>: a submit host with stand-ins for Pegasus and HTCondor, the demo's data as its sources,
/// and a good proxy.
/// <c>expired</c>: the same a week later. <c>failed</c> and <c>held</c>: the same with a workflow <c>test</c> that has come to that.
/// </remarks>
internal sealed class World : IDisposable
{
    private const string Desk = """
        #!/bin/bash
        case ${0##*/} in
            condor_q) [[ -e $DESK/queue ]] && cat "$DESK/queue" ;;
            pegasus-run) printf '000 (099.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>\n...\n' >>"${@: -1}/xenonnt-0.dag.dagman.log"; echo '{}' ;;
        esac
        exit 0
        """;

    private readonly StandInGrid _grid = new();
    private readonly bool _configured;
    private readonly bool _desk;

    public World(string kind)
    {
        Checkout = Directory.CreateDirectory(Path.Combine(_grid.Root, "outsource")).FullName;
        Home = Directory.CreateDirectory(Path.Combine(_grid.Root, "home")).FullName;
        Program(
            Path.Combine(Checkout, "build.sh"),
            $"#!/bin/bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "outsource.dll")}' \"$@\"\n"
        );
        Program(
            Path.Combine(_grid.Root, "pegasus", "bin", "outsource"),
            $"#!/bin/bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "outsource.dll")}' \"$@\"\n"
        );
        _ = Directory.CreateSymbolicLink(Path.Combine(Checkout, "tasks"), Path.Combine(Build.Checkout.Root, "tasks"));
        _ = Directory.CreateSymbolicLink(Path.Combine(Checkout, "docs"), Path.Combine(Build.Checkout.Root, "docs"));
        _configured = kind != "fresh";
        _desk = kind is "failed" or "held";
        if (_configured)
        {
            Configure(kind == "expired" ? -3 : 170);
        }

        if (_desk)
        {
            Lay(kind == "failed");
        }
        else if (kind is not ("fresh" or "site" or "expired"))
        {
            throw new ArgumentException($"There is no world '{kind}'.", nameof(kind));
        }
    }

    private string Checkout { get; }

    private string Home { get; }

    /// <summary>Writes a file; <c>~/</c> is the operator's home.</summary>
    public void Write(string path, string text)
    {
        var full = path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, path[2..]) : Path.Combine(Checkout, path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Runs a script as the operator; both outputs come together, in <see cref="ProgramRun.Out"/>.</summary>
    public ProgramRun Bash(string script) =>
        ProgramRun.Start("bash", ["-euo", "pipefail", "-c", "exec 2>&1\n" + script], Checkout, Variables).End();

    /// <summary>The same, at a terminal.</summary>
    public ProgramRun AtTerminal(string script) =>
        Terminal.Run(["bash", "-euo", "pipefail", "-c", $"cd '{Checkout}'\n{script}"], "", "", Variables);

    private Dictionary<string, string?> Variables =>
        new()
        {
            ["HOME"] = Home,
            ["OUTSOURCE_DEMO"] = _configured ? _grid.Work : Path.Combine(Checkout, ".outsource", "demo"),
            ["SOURCE_DATE_EPOCH"] = "1747224000",
            ["DESK"] = _grid.Root,
            ["PEGASUS_HOME"] = null,
            ["JAVA_HOME"] = null,
            ["X509_USER_PROXY"] = null,
            ["CUTAX_LOCATION"] = _configured ? Path.Combine(Home, "cutax") : null,
            ["CONDA_PREFIX"] = null,
            ["XDG_CACHE_HOME"] = null,
            ["PATH"] = $"{_grid.Root}/pegasus/bin:{Environment.GetEnvironmentVariable("PATH")}",
        };

    public void Dispose() => _grid.Dispose();

    private static void Program(string path, string text)
    {
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Configure(int hours)
    {
        var demo = Path.Combine(_grid.Root, "demo");
        var config = File.ReadAllText(Path.Combine(demo, ".xenon_config"));
        foreach (var name in new[] { "runs.jsonl", "rucio.jsonl", "contexts.json" })
        {
            config = config
                .Replace($"file:{name}", $"file:{demo}/{name}", StringComparison.Ordinal)
                .Replace($"= {name}", $"= {demo}/{name}", StringComparison.Ordinal);
        }

        Write(
            "~/.xenon_config",
            config
                .Replace(
                    "rundb_api_user = demo",
                    "rundb_api_user = demo\nrundb_api_password = of-the-test\nxent_password = of-the-test",
                    StringComparison.Ordinal
                )
                .Replace(
                    $"pegasus_path = {_grid.Root}/pegasus",
                    $"pegasus_path = {_grid.Root}/pegasus\nsite_profile = {Home}/sites.yml",
                    StringComparison.Ordinal
                )
        );

        // A submit host whose site has the tools of the staging door.
        Write(
            "~/sites.yml",
            "schema: outsource/sites/1\nsites:\n  local:\n    profiles:\n      env:\n        PATH: "
                + $"\"{_grid.Root}/pegasus/bin:/usr/bin:/bin\"\n"
        );
        foreach (var tool in new[] { "gfal-mkdir", "gfal-copy", "gfal-rm" })
        {
            Program(Path.Combine(_grid.Root, "pegasus", "bin", tool), "#!/bin/sh\nexit 0\n");
        }

        Write(
            "~/.dbtoken",
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{{\"string\": \"of-the-test\", \"creation_time\": {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.0, \"user\": \"demo\"}}\n"
            )
        );
        Write("~/user_cert", Proxies.Pem(DateTimeOffset.UtcNow, hours));
        File.WriteAllBytes(Path.Combine(Home, "cutax.tar.gz"), [0x1f, 0x8b, 0x08, 0]);
    }

    private void Lay(bool failed)
    {
        foreach (var tool in new[] { "condor_q", "condor_hold", "condor_release", "condor_rm", "pegasus-run", "pegasus-remove" })
        {
            Program(Path.Combine(_grid.Root, "pegasus", "bin", tool), Desk);
        }

        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).Ended(SubmitFixture.First);
        fixture = failed
            ? fixture
                .Ended(SubmitFixture.Second, 20)
                .Ended(SubmitFixture.Second, 20, minute: 50)
                .Ended(SubmitFixture.Other)
                .DagmanEnded(1)
                .Rescued([SubmitFixture.Added, SubmitFixture.First, SubmitFixture.Other], [SubmitFixture.Second])
            : fixture.Held(SubmitFixture.Second).Ended(SubmitFixture.Other);
        _ = fixture.Read();
        foreach (var path in fixture.Disk.AllFiles)
        {
            var real = path.StartsWith("/work/", StringComparison.Ordinal) ? _grid.Work + path[5..] : _grid.Root + path;
            _ = Directory.CreateDirectory(Path.GetDirectoryName(real)!);
            File.WriteAllText(
                real,
                fixture.Disk.File.ReadAllText(path).Replace("submit_dir: /work", $"submit_dir: {_grid.Work}", StringComparison.Ordinal)
            );
        }

        if (!failed)
        {
            File.WriteAllText(
                Path.Combine(_grid.Root, "queue"),
                $$"""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "{{SubmitFixture.Id}}"}, {"ClusterId": 13, "ProcId": 0, "JobStatus": 5, "DAGNodeName": "{{SubmitFixture.Second}}", "pegasus_root_wf_uuid": "{{SubmitFixture.Id}}", "HoldReason": "Error from slot1_1@vm: memory usage exceeded request_memory", "HoldReasonCode": 34, "HoldReasonSubCode": 0}]"""
            );
        }
    }
}
