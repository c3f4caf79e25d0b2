using System.Collections.Immutable;

namespace Outsource.Engines.Local;

/// <summary>
/// The program that starts a job, beside every submit directory. It is in a session of its own, holds the lock of the node, which all that
/// it starts inherit, and reads a pipe to us: when we are killed, the pipe ends, and it kills the session.
/// </summary>
internal static class Supervisor
{
    /// <summary>Exit codes of the supervisor itself: the job was not started.</summary>
    public const int LockTaken = 121,
        NoGroup = 122,
        NoFolder = 123;

    /// <summary>What such an exit code means, or null: it is the job's.</summary>
    public static string? Trouble(int code) =>
        code switch
        {
            LockTaken => "An earlier attempt of the job still runs.",
            NoFolder => "The directory of the job is gone.",
            _ => null,
        };

    /// <summary>Stands for an argument that does not apply.</summary>
    public const string None = "-";

    /// <summary>The script. Arguments: see its first lines.</summary>
    public const string Script = """
        #!/usr/bin/env bash
        # Starts one job of the local engine: LOCK FOLDER OUT ERR MEMORY_KB FAULT CGROUP PROGRAM [ARGUMENT...]; '-' is none.
        # Its standard input stays open as long as the program that started it lives; at its end everything here is killed.
        set -u
        umask 077
        lock=$1 folder=$2 out=$3 err=$4 memory=$5 fault=$6 group=$7
        shift 7
        session=$$
        exec 8<&0 9>>"$lock" </dev/null >/dev/null 2>&1
        flock -n 9 || exit 121
        [[ $group == - ]] || echo $$ >"$group/cgroup.procs" || exit 122
        cd -- "$folder" || exit 123

        kill_all() {
            local own=$BASHPID stat line pid found
            while :; do
                found=
                for stat in /proc/[0-9]*/stat; do
                    { read -r line <"$stat"; } 2>/dev/null || continue
                    pid=${stat#/proc/} pid=${pid%/stat}
                    # State, parent, group, session: behind the name, which can hold anything.
                    set -- ${line##*) }
                    [[ ${4:-} == "$session" && $1 != Z && $pid != "$own" ]] || continue
                    kill -KILL "$pid" && found=1
                done
                [[ -n $found ]] || return 0
            done
        }
        {
            trap '' HUP INT TERM
            while read -r _; do :; done
            kill_all
        } <&8 &
        watcher=$!

        case $fault in
            hang) set -- sleep 100000000 ;;
            slow) sleep 3 ;;
        esac
        {
            exec 8<&-
            [[ $memory == - ]] || ulimit -v "$memory"
            exec "$@"
        } >"$out" 2>"$err" &
        job=$!
        if [[ $fault == kill ]]; then
            sleep 0.05
            kill -KILL "$job"
            wait "$job"
            code=137
        else
            wait "$job"
            code=$?
        fi
        kill -KILL "$watcher"
        wait "$watcher"
        exit "$code"

        """;

    /// <summary>The words to start it with, program first.</summary>
    public static IReadOnlyList<string> Command(string script, SupervisedJob job) =>
        [
            "setsid",
            "bash",
            script,
            job.Lock,
            job.Folder,
            job.Out,
            job.Error,
            job.MemoryKb is { } kb ? kb.ToString(System.Globalization.CultureInfo.InvariantCulture) : None,
            job.Fault ?? None,
            job.Group ?? None,
            .. job.Command,
        ];
}

/// <summary>A job as its supervisor is told of it.</summary>
/// <param name="Lock">The node's lock file.</param>
/// <param name="Folder">Where the job stands.</param>
/// <param name="Out">Gets its standard output.</param>
/// <param name="Error">Gets its standard error.</param>
/// <param name="Command">The program, and its arguments.</param>
internal sealed record SupervisedJob(string Lock, string Folder, string Out, string Error, IReadOnlyList<string> Command)
{
    /// <summary>Most address space of each of its processes, KB, or null.</summary>
    public long? MemoryKb { get; init; }

    /// <summary>kill, hang or slow; null: none.</summary>
    public string? Fault { get; init; }

    /// <summary>Its control group, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;
}
