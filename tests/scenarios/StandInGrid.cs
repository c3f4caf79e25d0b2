using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// Programs that behave as the transcripts show, in a folder of their own, with a queue whose DAGMan jobs are processes that can be
/// counted.
/// <c>KILL_AT</c> names the point at which one of them kills the host that called it, and goes on as an orphan. With <c>OTHER_SCHEDD</c>
/// the queue is that of another machine, which knows nothing of our DAGs.
/// </summary>
internal sealed class StandInGrid : IDisposable
{
    private const string Head = """
        #!/bin/bash
        # A stand-in: behaves as the real program was seen to.
        POOL=@POOL@
        at() { if [ "$KILL_AT" = "$1" ]; then kill -9 $PPID; sleep "${LINGER:-0}"; fi; }

        """;

    private const string Plan = """
        while [ $# -gt 0 ]; do
          case $1 in
            --dir) dir=$2; shift;; --relative-dir) rel=$2; shift;; --conf) conf=$2; shift;; --relative-submit-dir) part=$2; shift;;
            *.yml) workflow=$1;;
          esac
          shift
        done
        sub=$dir/$rel
        if [ -n "$part" ]; then
          # A part, planned before its node: in a version of its own, which a link of the part's name leads to.
          if [ -e "$dir/$part/xenonnt-0.dag" ]; then echo 'No planning attempted. Existing DAG will be submitted'; exit 0; fi
          n=0; while [ -e "$dir/$part.00$n" ]; do n=$((n + 1)); done
          sub=$dir/$part.00$n; mkdir -p "$sub/00/00"; ln -sfn "$(basename "$sub")" "$dir/$part"
          uuid=$(cat /proc/sys/kernel/random/uuid)
          printf 'wf_uuid: "%s"\nroot_wf_uuid: "%s"\ndag: "xenonnt-0.dag"\n' $uuid $uuid > "$sub/braindump.yml"
          sed 's#^JOB \([^ ]*\) .*#JOB \1 00/00/\1.sub#' "${workflow%.yml}.jobs" > "$sub/xenonnt-0.dag"
          at part-middle
          echo part >> $POOL/plans
          exit 0
        fi
        at plan-before
        if [ -n "$FAIL_PLAN" ]; then cat "$FAIL_PLAN" >&2; exit 1; fi
        if [ -e "$sub/xenonnt-0.dag.condor.sub" ]; then
          echo '2026.11.22 15:01:08.197 UTC: [ERROR]  ERROR: "xenonnt-0.dag.condor.sub" already exists. ' >&2; exit 1
        fi
        mkdir -p "$sub"
        uuid=$(cat /proc/sys/kernel/random/uuid)
        printf 'wf_uuid: "%s"\nroot_wf_uuid: "%s"\ndag: "xenonnt-0.dag"\nplanner_version: "5.1.2"\n' $uuid $uuid > "$sub/braindump.yml"
        at plan-middle
        mkdir -p "$sub/00/00"; touch "$sub/00/00/nv_hitlets_061070-hitlets_nv-0000.sub"
        if grep -q 'type: pegasusWorkflow' "$workflow"; then
          cp "$conf" "$sub/pegasus.1.properties"
          for id in $(sed -n 's/^    id: "\(part-[0-9]*\)"/\1/p' "$workflow"); do
            node=pegasus-plan_$id
            printf 'JOB %s 00/00/%s.sub\nSCRIPT PRE %s 00/00/%s.pre.sh\nRETRY %s 0\nCATEGORY %s subwf\n' $node $node $node $node $node $node
            printf 'periodic_remove = (JobStatus == 5) && (1)\nqueue\n' > "$sub/00/00/$node.sub"
          done > "$sub/xenonnt-0.dag"
        else
        printf '# a DAG\nJOB nv_hitlets_061070-hitlets_nv-0000 00/00/nv_hitlets_061070-hitlets_nv-0000.sub\nSCRIPT POST nv_hitlets_061070-hitlets_nv-0000 /usr/bin/pegasus-exitcode  -r $RETURN .//x.out\nRETRY nv_hitlets_061070-hitlets_nv-0000 2\n' > "$sub/xenonnt-0.dag"
        fi
        # From 5.1.0 on it draws the DAG with the program of that name, the first on its PATH.
        pegasus-graphviz -l label -o "$sub/xenonnt-0.dot" "$sub/xenonnt-0.dag" 2>&1 || echo "[ERROR]  Unable to generate dot file" >&2
        echo "universe = scheduler" > "$sub/xenonnt-0.dag.condor.sub"
        echo planned >> $POOL/plans
        at plan-after
        echo "{\"wf_uuid\": \"$uuid\"}"
        """;

    private const string Run = """
        [ "$1" = --json ] && shift
        cd "$1" || exit 2
        at run-before
        # The real one refuses only once the monitor runs, which takes seconds.
        if [ -e monitord.pid ]; then echo 'Error: It looks like the workflow is already running!' >&2; exit 1; fi
        if [ -n "$FAIL_RUN" ]; then echo "Error: Running ('condor_submit',) failed with 1"; exit 1; fi
        uuid=$(sed -n 's/^wf_uuid: "\(.*\)"/\1/p' braindump.yml)
        cluster=$(( $(cat $POOL/last) + 1 )); echo $cluster > $POOL/last
        # DAGMan is the schedd's child, not ours: it inherits nothing.
        ( for f in $(ls /proc/self/fd); do [ $f -gt 2 ] && eval "exec $f>&-"; done; exec setsid sleep 300 ) </dev/null >/dev/null 2>&1 &
        echo "$! $uuid" > $POOL/job.$cluster
        printf '000 (%03d.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>\n...\n' $cluster >> xenonnt-0.dag.dagman.log
        at run-after
        echo '{}'
        """;

    private const string Queue = """
        echo x >> $POOL/asked
        at "queue-$(wc -l < $POOL/asked)"
        if [ -n "$OTHER_SCHEDD" ]; then exit 0; fi
        if [ -n "$NO_SCHEDD" ]; then echo 'Error: unknown host nohost' >&2; exit 1; fi
        for job in $POOL/job.*; do
          [ -e "$job" ] || continue
          read pid uuid < $job
          if kill -0 $pid 2>/dev/null && [[ "$*" == *"$uuid"* ]]; then
            printf '[{"ClusterId": %s, "JobStatus": 2, "Owner": "xenon"}]\n' ${job##*.}; exit 0
          fi
        done
        """;

    public StandInGrid()
    {
        Root = Directory.CreateTempSubdirectory("outsource grid ").FullName;
        Pool = Path.Combine(Root, "pool");
        Work = Path.Combine(Root, "work");
        foreach (var folder in new[] { Pool, Path.Combine(Root, "pegasus", "bin"), Path.Combine(Root, "demo") })
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(Path.Combine(Pool, "last"), "23\n");
        Program("pegasus-version", "at version\necho 5.1.2");
        Program("pegasus-plan", Plan);
        Program("pegasus-graphviz", "echo drawn >> $POOL/drawn; for i in 1 2 3; do echo \"removed redundant edge $i\" >&2; done; touch $5");
        Program("pegasus-run", Run);
        Program("condor_q", Queue);
        Program("condor_version", "echo '$CondorVersion: 23.9.6 2026-07-12 $'");
        Program("java", "echo 'openjdk version \"21.0.13.1\" 2026-11-17' >&2");
        var demo = Path.Combine(AppContext.BaseDirectory, "demo");
        foreach (var file in Directory.EnumerateFiles(demo))
        {
            File.Copy(file, Path.Combine(Root, "demo", Path.GetFileName(file)));
        }

        var config = Path.Combine(Root, "demo", ".xenon_config");
        File.WriteAllText(
            config,
            File.ReadAllText(config).Replace("pegasus_path = /usr", $"pegasus_path = {Root}/pegasus", StringComparison.Ordinal)
        );
    }

    public string Root { get; }

    public string Pool { get; }

    public string Work { get; }

    /// <summary>DAGs that were ever started.</summary>
    public int Started => Directory.EnumerateFiles(Pool, "job.*").Count();

    /// <summary>How often the planner came to its end.</summary>
    public int Plans => File.Exists(Path.Combine(Pool, "plans")) ? File.ReadAllLines(Path.Combine(Pool, "plans")).Length : 0;

    public string Generated(string name, string file) => Path.Combine(Work, "generated", name, file);

    public IReadOnlyList<string> Journal(string name) =>
        [
            .. File.ReadAllLines(Generated(name, "journal.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(e => $"{e.GetProperty("step").GetString()} {e.GetProperty("state").GetString()}"),
        ];

    /// <summary>Starts the host on one small run of the demo.</summary>
    public ProgramRun.RunningProgram Start(string[] arguments, params (string Name, string Value)[] variables) =>
        Start("022", arguments, variables);

    /// <summary>The same, from a shell with an umask.</summary>
    public ProgramRun.RunningProgram Start(string umask, string[] arguments, params (string Name, string Value)[] variables) =>
        Begin(
            umask,
            [
                $"--config={Root}/demo/.xenon_config",
                "--payload=canary",
                "--run=61070",
                $"--site-profile={Path.Combine(AppContext.BaseDirectory, "tables", "sites-local.yml")}",
                .. arguments,
            ],
            variables
        );

    private ProgramRun.RunningProgram Begin(string umask, string[] arguments, (string Name, string Value)[] variables) =>
        ProgramRun.Start(
            "bash",
            ["-c", "umask $0 && exec dotnet \"$@\"", umask, Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. arguments],
            Root,
            new Dictionary<string, string?>(variables.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value)))
            {
                ["OUTSOURCE_DEMO"] = Work,
                ["PEGASUS_HOME"] = null,
                ["JAVA_HOME"] = null,
                ["PATH"] = $"{Root}/pegasus/bin:{Environment.GetEnvironmentVariable("PATH")}",
            }
        );

    public ProgramRun Host(string[] arguments, params (string Name, string Value)[] variables) => Start(arguments, variables).End();

    /// <summary>The host at a terminal, with somebody who types once they are asked.</summary>
    public ProgramRun AtTerminal(string[] arguments, string answer) =>
        Terminal.Run(
            [
                "dotnet",
                Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                $"--config={Root}/demo/.xenon_config",
                "--payload=canary",
                $"--site-profile={Path.Combine(AppContext.BaseDirectory, "tables", "sites-local.yml")}",
                .. arguments,
            ],
            "[yes/no] ",
            answer,
            new Dictionary<string, string?>
            {
                ["OUTSOURCE_DEMO"] = Work,
                ["PEGASUS_HOME"] = null,
                ["JAVA_HOME"] = null,
                ["PATH"] = $"{Root}/pegasus/bin:{Environment.GetEnvironmentVariable("PATH")}",
            }
        );

    /// <summary>Runs one stage alone on workflow <c>w</c>, or a target that looks at it.</summary>
    public ProgramRun Alone(string stage, bool exclusive = true) =>
        Begin(
                "022",
                [$"--target={stage}", .. exclusive ? new[] { "--exclusive" } : [], "--name=w", $"--config={Root}/demo/.xenon_config"],
                []
            )
            .End();

    /// <summary>A target for operators on a workflow.</summary>
    public ProgramRun Operate(string target, string name, params string[] arguments) =>
        Begin("022", [$"--target={target}", $"--name={name}", $"--config={Root}/demo/.xenon_config", .. arguments], []).End();

    /// <summary>The submit directory of a workflow.</summary>
    public string Submitted(string name, string file = "") => Path.Combine(Work, "runs", "straxen_v3.1.2", "xenonnt_v14", name, file);

    /// <summary>DAGMan comes to its end.</summary>
    public void EndDags()
    {
        foreach (var job in Directory.EnumerateFiles(Pool, "job.*"))
        {
            try
            {
                using var dag = Process.GetProcessById(int.Parse(File.ReadAllText(job).Split(' ')[0], CultureInfo.InvariantCulture));
                dag.Kill();
                _ = dag.WaitForExit(TimeSpan.FromMinutes(1));
            }
            catch (ArgumentException)
            {
                // It has ended already.
            }
        }
    }

    public void Dispose()
    {
        EndDags();
        Directory.Delete(Root, recursive: true);
    }

    private void Program(string name, string body)
    {
        var path = Path.Combine(Root, "pegasus", "bin", name);
        File.WriteAllText(
            path,
            Head.Replace("@POOL@", $"'{Pool}'", StringComparison.Ordinal)
                + body.ReplaceLineEndings("\n")
                    .Replace("$POOL/", "\"$POOL\"/", StringComparison.Ordinal)
                    .Replace("< $job", "< \"$job\"", StringComparison.Ordinal)
                + "\n"
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
