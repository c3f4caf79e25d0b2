#!/usr/bin/env bash
# The executable of every job. It becomes the program that the workflow staged beside it: process.py, which makes
# one data type of one run, or combine.py, which merges what the chunk jobs of one run and data type made.
#
# It does only what has to happen before Python starts: the image's environment. All else, the checks, the
# unpacking, the work, the packing and the summary, is the program's. See README.md for arguments and exit codes.
set -euo pipefail
# Configuration, token and data are this job's alone. Pegasus reads the output as the same user, and packs modes of its own.
umask 077

# A person who has both says which: process.sh combine --help.
outsource_named=''
case ${1:-} in process | combine) outsource_named=$1 && shift ;; esac
outsource_program() {
    if [[ -n $outsource_named ]]; then
        echo "$outsource_named"
    elif [[ -f ./combine.py && ! -f ./process.py ]]; then
        echo combine
    else
        echo process
    fi
}

# The same last lines as the Python program's, for failures that happen before it can speak.
outsource_fail() {
    local cause=$1 code=${2:-20} program
    program=$(outsource_program)
    trap - EXIT
    printf '%s\n' '==== summary ====' "what         $program" "result       failed, exit $code" "cause        $cause"
    # The causes below hold no quotes or backslashes but those of paths; these would break the JSON.
    cause=${cause//\\/\/}
    printf 'outsource-summary {"bytes_in": 0, "bytes_out": 0, "cause": "%s", "exit": %s, "result": "failed", "what": "%s"}\n' \
        "${cause//\"/\'}" "$code" "$program"
    exit "$code"
}
# From here to the last line, which puts the program in this shell's place, there is no way out without a summary.
trap 'outsource_status=$?; outsource_fail "process.sh ended with status $outsource_status before the program began."' EXIT
trap 'outsource_fail "ended by SIGTERM (the job was removed)." 143' TERM
trap 'outsource_fail "ended by SIGINT (the job was removed)." 130' INT
trap 'outsource_fail "ended by SIGHUP (the job was removed)." 129' HUP

# Staged next to the inputs on the grid; next to this script when a person asks for --help.
outsource_script=./$(outsource_program).py
[[ -f $outsource_script ]] || outsource_script=${BASH_SOURCE[0]%/*}/$(outsource_program).py
[[ -f $outsource_script ]] || outsource_fail "Neither process.py nor combine.py was staged into the directory of the job."
[[ -f ${outsource_script%/*}/payload_common.py ]] || outsource_fail "payload_common.py was not staged into the directory of the job."

outsource_help=no outsource_by_level=no outsource_uploads=no
for outsource_argument in "$@"; do
    case $outsource_argument in
        -h | --help) outsource_help=yes ;;
        --level | --level=*) outsource_by_level=yes ;;
        --upload) outsource_uploads=yes ;;
    esac
done
# Where no variable of the image can replace them.
set -- "$PWD" "$outsource_script" "$@"

case ${OUTSOURCE_PAYLOAD:-} in
    canary) ;;
    '')
        if [[ $outsource_help == no ]]; then
            outsource_setup=${OUTSOURCE_SETUP_SCRIPT:-/opt/XENONnT/setup.sh}
            [[ -f $outsource_setup ]] || outsource_fail "$outsource_setup does not exist: the job does not run in the XENONnT image."
            # In a shell of its own, of which only the environment is taken over: a script that leaves the directory, sets
            # traps, options or variables of ours, or ends the shell, does it there. Scripts that activate environments
            # trip over -e and -u. They see no arguments of ours: a sourced script would take them for its own.
            exec 3>&1
            outsource_environment=$(
                trap - EXIT TERM INT HUP
                {
                    set +eu
                    # shellcheck source=/dev/null
                    source "$outsource_setup" ''
                    outsource_status=$?
                } >&3 3>&-
                set +eu
                builtin export -p
                builtin printf '# ended with %s' "$outsource_status"
                exec >&3 3>&- # what a trap of its own prints at the end
            ) || true
            exec 3>&-
            outsource_status=${outsource_environment##*'# ended with '}
            [[ $outsource_status =~ ^[0-9]+$ ]] || outsource_fail "$outsource_setup ended the shell."
            # The status is that of its last command, such as a test whose answer was no; what it made is judged below.
            [[ $outsource_status == 0 ]] || echo "$outsource_setup ended with status $outsource_status"
            set +eu
            for outsource_name in $(compgen -e); do
                unset "$outsource_name" 2> /dev/null
            done
            # What is read-only there need not be so here.
            eval "${outsource_environment//declare -rx /declare -x }" 2> /dev/null
            cd "$1" || outsource_fail "The directory of the job is gone."
            unset OLDPWD
            set -eu

            # Data comes from the storage elements directly; a site's web proxy would have to carry it all.
            unset http_proxy
            # By level (--level), only a job that uploads takes the account of the production.
            [[ $outsource_by_level == yes && $outsource_uploads == no ]] || export RUCIO_ACCOUNT=production
            export XENON_CONFIG=$PWD/.xenon_config
            # utilix looks for .dbtoken in the home directory, and the home of a grid slot may not exist.
            export HOME=$PWD
            # Astropy and others would share, and corrupt, one cache between the jobs of a node. The program makes them.
            export XDG_CACHE_HOME=$PWD/outsource-xdg/cache XDG_CONFIG_HOME=$PWD/outsource-xdg/config
        fi
        ;;
    *) outsource_fail "OUTSOURCE_PAYLOAD is neither empty nor canary." ;;
esac

command -v python3 > /dev/null || outsource_fail "There is no python3 on PATH."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    outsource_fail "$(command -v python3) is older than Python 3.9, or does not run."
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# In place of this shell, so that a signal for the job reaches the program that cleans up.
exec python3 "$2" "${@:3}"
