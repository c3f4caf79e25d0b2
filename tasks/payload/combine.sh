#!/usr/bin/env bash
# Merges what the chunk jobs of one run and data type made.
#
# Runs in the directory where the workflow staged combine.py, payload_common.py and the inputs. It does only
# what has to happen before Python starts: the image's environment. All else, the checks, the unpacking, the
# work, the packing and the summary, is combine.py's. See README.md for arguments and exit codes.
set -euo pipefail
# Configuration, token and data are this job's alone. Pegasus reads the output as the same user, and packs modes of its own.
umask 077

program=combine

# The same last lines as the Python program's, for failures that happen before it can speak.
fail() {
    local cause=$1
    printf '%s\n' '==== summary ====' "what         $program" 'result       failed, exit 20' "cause        $cause"
    # The causes below hold no quotes or backslashes but those of paths; these would break the JSON.
    cause=${cause//\\/\/}
    printf 'outsource-summary {"bytes_in": 0, "bytes_out": 0, "cause": "%s", "exit": 20, "result": "failed", "what": "%s"}\n' \
        "${cause//\"/\'}" "$program"
    exit 20
}

# Staged next to the inputs on the grid; next to this script when a person asks for --help.
script=./$program.py
[[ -f $script ]] || script=$(dirname -- "${BASH_SOURCE[0]}")/$program.py
[[ -f $script ]] || fail "$program.py was not staged into the directory of the job."
[[ -f $(dirname -- "$script")/payload_common.py || -f $(dirname -- "$script")/../payload_common.py ]] ||
    fail "payload_common.py was not staged into the directory of the job."

help=no
for argument in "$@"; do
    case $argument in -h | --help) help=yes ;; esac
done

case ${OUTSOURCE_PAYLOAD:-} in
    canary) ;;
    '')
        if [[ $help == no ]]; then
            setup=${OUTSOURCE_SETUP_SCRIPT:-/opt/XENONnT/setup.sh}
            [[ -f $setup ]] || fail "$setup does not exist: the job does not run in the XENONnT image."
            # Scripts that activate environments trip over -e and -u; only their outcome counts. They see no
            # arguments of ours: a sourced script would take them for its own.
            trap 'fail "$setup ended the shell."' EXIT
            set +eu
            # shellcheck source=/dev/null
            source "$setup" ''
            status=$?
            set -eu
            trap - EXIT
            [[ $status == 0 ]] || fail "$setup failed with status $status."

            # Data comes from the storage elements directly; a site's web proxy would have to carry it all.
            unset http_proxy
            export RUCIO_ACCOUNT=production
            export XENON_CONFIG=$PWD/.xenon_config
            # utilix looks for .dbtoken in the home directory, and the home of a grid slot may not exist.
            export HOME=$PWD
            # Astropy and others would share, and corrupt, one cache between the jobs of a node.
            export XDG_CACHE_HOME=$PWD/outsource-xdg/cache XDG_CONFIG_HOME=$PWD/outsource-xdg/config
            mkdir -p "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME"
            # One CPU is asked for; libraries that see the whole machine would start a thread for each of its cores.
            export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} NUMBA_NUM_THREADS=${NUMBA_NUM_THREADS:-1}
        fi
        ;;
    *) fail "OUTSOURCE_PAYLOAD is neither empty nor canary." ;;
esac

command -v python3 > /dev/null || fail "There is no python3 on PATH."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    fail "$(command -v python3) is older than Python 3.9, or does not run."
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# In place of this shell, so that a signal for the job reaches the program that cleans up.
exec python3 "$script" "$@"
