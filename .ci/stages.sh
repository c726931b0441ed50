# What .ci/run and .ci/nightly share: stages with a limit and a time each, and a summary. They source it.
# CI=true makes a real server that cannot be had a failure instead of a line in the summary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI="${CI:-true}" PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1

timings=()
failed=()

# stage NAME MINUTES COMMAND...: runs one stage, keeps its seconds, and goes on after a failure so that one run shows
# them all. One that hangs is ended after its minutes, so that the run still says which.
stage() {
  local name=$1 minutes=$2 began=$SECONDS verdict=ok
  shift 2
  echo "=== ${name}: $*"
  timeout --kill-after=60 "${minutes}m" "$@" || {
    [ $? -eq 124 ] && echo "=== ${name}: ended after ${minutes} minutes"
    verdict=FAILED
    failed+=("${name}")
  }
  timings+=("$(printf '%-10s %4d s  %s' "${name}" $((SECONDS - began)) "${verdict}")")
}

# set_up: what every other stage needs; returns 1 if it failed.
set_up() {
  stage setup 15 make setup LOCKED=1
  [ "${#failed[@]}" -eq 0 ]
}

# summary: the seconds of each stage, and exit code 1 if one failed.
summary() {
  echo "=== timings"
  printf '%s\n' "${timings[@]}"
  if [ "${#failed[@]}" -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
  fi
}
