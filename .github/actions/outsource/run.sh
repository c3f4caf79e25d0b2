#!/usr/bin/env bash
# Installs the published file and runs a target with it. The inputs come as variables, never as text of this script.
set -euo pipefail
umask 077

fail() {
    echo "::error title=outsource::$1"
    exit 2
}

place=$(mktemp -d "${RUNNER_TEMP:-/tmp}/outsource.XXXXXX")
trap 'rm -rf -- "$place"' EXIT
program=$place/outsource
case $OUTSOURCE_FILE in
    https://*)
        [[ $OUTSOURCE_SHA256 =~ ^[0-9a-fA-F]{64}$ ]] || fail "sha256 is required for an address: 64 hexadecimal digits."
        curl --fail --silent --show-error --location --proto '=https' --max-time 600 --output "$program" -- "$OUTSOURCE_FILE" ||
            fail "The published file could not be downloaded."
        ;;
    *://*) fail "file must be a path or an https address." ;;
    *)
        [[ -f $OUTSOURCE_FILE ]] || fail "file names no file."
        cp -- "$OUTSOURCE_FILE" "$program"
        ;;
esac
if [[ -n $OUTSOURCE_SHA256 ]]; then
    echo "${OUTSOURCE_SHA256,,}  $program" | sha256sum --check --status || fail "The SHA-256 of the published file differs."
fi
chmod 700 "$program"
export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$place/bundle

[[ $OUTSOURCE_TARGET =~ ^[A-Za-z]+$ ]] || fail "target is not a name of a target."
arguments=("--target=$OUTSOURCE_TARGET")
while IFS= read -r argument; do
    [[ -z ${argument//[[:space:]]/} ]] || arguments+=("$argument")
done <<<"$OUTSOURCE_ARGUMENTS"
if [[ -n $OUTSOURCE_CONFIG_TEXT ]]; then
    printf '%s\n' "$OUTSOURCE_CONFIG_TEXT" >"$place/xenon_config"
    export XENON_CONFIG=$place/xenon_config
fi
nothing=$OUTSOURCE_NOTHING_IS_FINE
unset OUTSOURCE_CONFIG_TEXT OUTSOURCE_ARGUMENTS OUTSOURCE_TARGET OUTSOURCE_FILE OUTSOURCE_SHA256 OUTSOURCE_NOTHING_IS_FINE OUTSOURCE_ACTION

code=0
"$program" "${arguments[@]}" || code=$?
echo "exit-code=$code" >>"${GITHUB_OUTPUT:-/dev/null}"
# 3: nothing to do.
[[ $code -ne 3 || $nothing != true ]] || code=0
exit "$code"
