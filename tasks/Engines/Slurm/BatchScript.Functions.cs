namespace Outsource.Engines.Slurm;

/// <content>The part of a batch script that is the same in all.</content>
public sealed partial class BatchScript
{
    /// <summary>
    /// In bash and the usual small programs only: a node has no .NET, and its Python may be old. A hard link, where that can be, keeps an
    /// input although its name is given to another file meanwhile.
    /// </summary>
    private const string Functions = """"
        work=$base/work/$job.${SLURM_JOB_ID:-0}
        code=0 child='' stopped='' folders='' made='' begun=$SECONDS

        who() {
            printf '"job":"%s","id":%s,"attempt":%s,"restarts":%s,"node":"%s"' \
                "$job" "${SLURM_JOB_ID:-0}" "$attempt" "${SLURM_RESTART_COUNT:-0}" "${SLURMD_NODENAME:-$HOSTNAME}"
        }

        # A mark appears whole or not at all.
        mark() {
            printf '%s\n' "$2" > "$base/$1/.$job.$$" && mv -f -- "$base/$1/.$job.$$" "$base/$1/$job.json"
        }

        # Slurm sends SIGTERM shortly before the time limit, and when the job is removed.
        stop() {
            stopped=1
            [[ -z $child ]] || kill -TERM "$child" 2> /dev/null
        }
        trap stop TERM

        fail() {
            echo "outsource: $2" >&2
            ((code)) || code=$1
        }

        begin() {
            echo "outsource: $job, attempt $attempt, job ${SLURM_JOB_ID:-0} on ${SLURMD_NODENAME:-$HOSTNAME}"
            rm -f -- "$base/done/$job.json"
            rm -rf -- "$base/work/$job".*
            mkdir -p -- "$work" || { fail 22 "$work cannot be made"; finish; }
            cd -- "$work" || { fail 22 "$work is gone"; finish; }
            mark started "{$(who),\"at\":$(date +%s)}"
            # The payload asks what the job requested as it does on the grid.
            {
                echo "RequestMemory = $((${SLURM_MEM_PER_NODE:-$memory} - overhead))"
                echo "RequestCpus = $cores"
                echo "DAGNodeRetry = $attempt"
            } > .job.ad
            export _CONDOR_JOB_AD=$work/.job.ad
        }

        give() { # NAME PATH
            ((code)) && return
            mkdir -p -- "$(dirname -- "$1")"
            if [[ -e $2 ]]; then
                ln -- "$2" "$1" 2> /dev/null || ln -s -- "$2" "$1" || fail 30 "input $1 cannot be linked to $2"
            else
                fail 30 "input $1 is missing: $2 does not exist"
            fi
        }

        # What another job made: its tarball, or folders of data that came on another way.
        read_data() { # NAME
            ((code)) && return
            local list=$base/ready/$1.folders folder from=()
            if [[ ! -f $base/scratch/$1 && -f $list ]]; then
                while IFS= read -r folder; do
                    from+=(-C "$(dirname -- "$folder")" "$(basename -- "$folder")")
                done < "$list"
                tar --owner=0 --group=0 --transform='s,^,data/,' -c "${from[@]}" | gzip -1 > "$1"
                [[ ${PIPESTATUS[*]} == '0 0' ]] || fail 30 "input $1 cannot be packed from the folders in $list"
            else
                give "$1" "$base/scratch/$1"
            fi
        }

        wait_for_child() {
            local status
            wait "$child"
            status=$?
            # A signal ends the wait, not the child.
            while kill -0 "$child" 2> /dev/null; do
                wait "$child"
                status=$?
            done
            child=''
            return $status
        }

        run() { # COMMAND...
            ((code)) && return
            [[ -z $stopped ]] || { code=143; return; }
            # An empty list is an unset variable for bash before 4.4.
            ${within[@]+"${within[@]}"} "$@" &
            child=$!
            wait_for_child
            code=$?
        }

        keep_log() { # NAME
            [[ -f $1 ]] || return
            mkdir -p -- "$outputs/$(dirname -- "$1")" && mv -f -- "$1" "$outputs/$1"
        }

        unpack() { # NAME PROGRAM RUN FOLDER
            ((code)) && return
            [[ -f $1 ]] || { fail 41 "the job made no $1"; return; }
            mkdir -p -- "$outputs" unpacking
            ln -- "$1" "unpacking/$1" || cp -- "$1" "unpacking/$1" || { fail 22 "$1 cannot be copied"; return; }
            run python3 "$2" --tarball "unpacking/$1" --outputs "$outputs" --run "$3" --job "$job" --folder "$4" > unpacked.txt
            cat unpacked.txt
            local folder='([A-Za-z0-9_]+/[0-9]{6}-[a-z0-9_]+-([A-Za-z0-9]+)(-chunks-[0-9-]+)?)'
            local json='{"folder":"\2","hash":"\3","bytes":\5}'
            folders=$(sed -nE "s#^(unpacked|was there|replaced): $folder, ([0-9]+) bytes\$#$json#p" unpacked.txt | paste -sd,)
        }

        # Parts are handed on as the folders that they are: another engine, or a relay, finds them too.
        hand_folders() { # NAME
            ((code)) && return
            local line pattern='^(unpacked|was there|replaced): ([A-Za-z0-9_]+/[0-9]{6}-[A-Za-z0-9_-]+), [0-9]+ bytes$'
            while IFS= read -r line; do
                [[ ! $line =~ $pattern ]] || printf '%s\n' "$outputs/${BASH_REMATCH[2]}"
            done < unpacked.txt > "$base/ready/.$1.$$" &&
                mv -f -- "$base/ready/.$1.$$" "$base/ready/$1.folders" || fail 22 "$1 cannot be handed on"
        }

        hand_over() { # NAME
            ((code)) && return
            [[ -f $1 ]] || { fail 41 "the job made no $1"; return; }
            local bytes
            bytes=$(stat -c %s -- "$1")
            mkdir -p -- "$(dirname -- "$base/scratch/$1")"
            mv -f -- "$1" "$base/scratch/$1" || { fail 22 "$1 cannot be moved to $base/scratch"; return; }
            made+=${made:+,}"{\"name\":\"$1\",\"bytes\":$bytes}"
        }

        bring_out() { # NAME
            ((code)) && return
            mkdir -p -- "$(dirname -- "$outputs/$1")"
            ln -f -- "$base/scratch/$1" "$outputs/$1" 2> /dev/null ||
                { cp -- "$base/scratch/$1" "$outputs/$1.part" && mv -f -- "$outputs/$1.part" "$outputs/$1"; } ||
                fail 22 "$1 cannot be copied to $outputs"
        }

        finish() {
            trap '' TERM
            local log peak text
            log=$(readlink -- /proc/$$/fd/1)
            peak=$(tail -c 65536 -- "$log" 2> /dev/null | grep -o '"peak_memory_mb": [0-9]*' | tail -n 1)
            peak=${peak##* }
            cd -- "$base" && rm -rf -- "$work"
            text="$(who),\"exit\":$code,\"stopped\":${stopped:-0},\"at\":$(date +%s),\"seconds\":$((SECONDS - begun))"
            text+=",\"peak_mb\":${peak:-null},\"plan\":\"$plan\",\"folders\":[$folders],\"outputs\":[$made]"
            mark done "{$text}" || { echo "outsource: the end mark cannot be written" >&2; exit 22; }
            exit "$code"
        }

        """";
}
