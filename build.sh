#!/usr/bin/env bash
# Builds the host when its sources changed, then runs it: ./build.sh --target=DryRun
# Works from any directory; every argument goes to the host, whose exit code is ours.
set -euo pipefail

self=$(readlink -f -- "${BASH_SOURCE[0]}")
root=${self%/*}
hosts=$root/.outsource/host

# Name, time and size of everything the host is made of. A deleted file changes it as well as an edited one.
sources() {
    find "$root/build" "$root/tasks" "$root"/Directory.*.*s "$self" \
        -type d \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -type f -printf '%p %T@ %s\n' | LC_ALL=C sort
}

# Sets host to the newest one and succeeds if it was made of today's sources.
fresh() {
    local name
    { read -r name <"$hosts/current"; } 2>/dev/null || return 1
    host=$hosts/$name
    [[ -f $host/outsource.dll && -f $host/.sources && $(<"$host/.sources") == "$now" ]]
}

need_dotnet() {
    cat >&2 <<END
Error: $1 The .NET SDK 10.0 or later is needed to build Outsource.
  Debian, Ubuntu:  apt-get install dotnet-sdk-10.0
  without root:    get dotnet-install.sh as https://learn.microsoft.com/dotnet/core/install/linux-scripted-manual
                   describes, then: bash dotnet-install.sh --channel 10.0 && export PATH="\$HOME/.dotnet:\$PATH"
END
    exit 2
}

# publish FOLDER OPTION...: into a folder of its own, so that no running host is pulled from under its feet.
# Its intermediate files lie apart from those of the IDE and of 'dotnet test'. Nothing is left running.
# Only what running needs is made: analyzers, null checks and the reference assembly are the work of 'dotnet build' and the tests.
publish() {
    (
        # shellcheck disable=SC2086 # names, to be split; those of an outer build would mislead ours
        unset ${!MSBUILD*} ${!MSBuild*} DOTNET_HOST_PATH
        cd -- "$root"
        DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_TieredPGO=0 \
            dotnet publish build/Build.csproj --configuration Release --output "$1" --artifacts-path .outsource/build \
            --nologo --verbosity quiet -m:1 -nodeReuse:false -p:UseSharedCompilation=false -p:RunAnalyzers=false -p:GenerateDocumentationFile=false -p:EnableNETAnalyzers=false \
            -p:EnforceCodeStyleInBuild=false -p:DebugType=none -p:Nullable=annotations -p:ProduceReferenceAssembly=false "${@:2}"
    )
}

build() {
    local version platform='' log=$hosts/build.log new old
    new=$(date -u +%Y%m%dT%H%M%SZ)-$$
    version=$(cd -- "$root" && DOTNET_NOLOGO=1 dotnet --version 2>/dev/null) || version=none
    [[ ${version%%.*} =~ ^[0-9]+$ && ${version%%.*} -ge 10 ]] || need_dotnet "dotnet offers SDK $version."
    echo 'Building Outsource (the first time, and when its sources changed) ...' >&2
    rm -rf -- "$hosts"/.new-*

    # Compiled ahead of time it starts in half the time. Where the compiler for that cannot be had, it runs all the same.
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) platform=linux-x64 ;;
        Linux-aarch64) platform=linux-arm64 ;;
    esac
    if [[ -z $platform ]] || ! publish "$hosts/.new-$new" --runtime "$platform" --no-self-contained -p:PublishReadyToRun=true >"$log" 2>&1; then
        if [[ -n $platform ]] && ! grep -qiE 'crossgen|netcore\.app\.runtime|NETSDK1094' "$log"; then
            cat -- "$log" >&2
            exit 1
        fi
        publish "$hosts/.new-$new" >"$log" 2>&1 || { cat -- "$log" >&2; exit 1; }
    fi

    printf '%s\n' "$now" >"$hosts/.new-$new/.sources"
    : >"$hosts/.new-$new/.used"
    mv -- "$hosts/.new-$new" "$hosts/$new"
    printf '%s\n' "$new" >"$hosts/.current-$$"
    mv -f -- "$hosts/.current-$$" "$hosts/current"

    # The newest three stay, and older ones that still run.
    for old in $(cd -- "$hosts" && printf '%s\n' */ | LC_ALL=C sort -r | tail -n +4); do
        if flock --nonblock --exclusive "$hosts/$old.used" true 2>/dev/null; then
            rm -rf -- "${hosts:?}/$old"
        fi
    done
}

command -v dotnet >/dev/null || need_dotnet "'dotnet' is not in PATH."
now=$(sources)
if ! fresh; then
    mkdir -p -- "$hosts" || { echo "Error: $hosts cannot be made, so the host cannot be built. Copy the checkout to a folder of yours." >&2; exit 1; }
    exec 9>"$hosts/.lock"
    flock --nonblock 9 || { echo 'Waiting for another build in this checkout ...' >&2; flock 9; }
    now=$(sources)
    fresh || { build; fresh || { echo 'Error: the sources changed during the build. Run again.' >&2; exit 1; }; }
    exec 9>&-
fi

# Held until the host ends: says that it is in use.
exec 8<"$host/.used"
flock --shared 8
exec dotnet "$host/outsource.dll" "$@"
