#!/usr/bin/env bash
# The long form of tests/Cil.Hostile.Tests: more than a million mutated inputs, each read or refused within 5 s and 300 MB, no foreign file opened. A run
# that is broken off goes on where it was; an input that ends the process counts as broken off, and the run goes on behind it. Prints what each kind has
# come to every minute and at the end.
#   bench/hostile.sh [KIND...]       all of them, or those
# Set before it: HOSTILE_STATE, a folder for the figures (artifacts/hostile); HOSTILE_SHARE, percent of the inputs (100); HOSTILE_BUILD, 0 to use what is
# built; HOSTILE_BIN, where that is.
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
state=${HOSTILE_STATE:-$root/artifacts/hostile} bin=${HOSTILE_BIN:-$root/artifacts/bin/Cil.Hostile.Tests/release_linux-x64}

# Kind, its test, and its inputs: many where one takes less than a millisecond, fewer where each starts ffmpeg.
kinds='checkpoints HostileTests.Checkpoints 300000
statistics HostileTests.Statistics 300000
state-jobs HostileTests.StateOfJobs 150000
state-queue HostileTests.StateOfTheQueue 80000
clip-lists HostileTests.ClipLists 150000
pictures HostileTests.Pictures 60000
json HttpTests.Json 50000
forms HttpTests.Forms 50000
headers HttpTests.Headers 20000
clips HostileTests.Clips 4000'

figures() {
  local file
  for file in "$state"/*; do
    [[ -f $file && $file != *.log ]] || continue
    awk -v kind="$(basename "$file")" '
      { value = $NF; name = substr($0, 1, length($0) - length(value) - 1) }
      name ~ /^outcome / { total += value; list = list ", " value " " substr(name, 9); next }
      { v[name] = value }
      END { printf "%s  %-12s %8d of %d inputs, %.0f s, %d over 5 s, %d MB over idle at most: %s\n", strftime("%H:%M:%S"), kind, total, v["asked"], v["microseconds"] / 1e6, v["slow"], v["peak-bytes"] / 1e6, substr(list, 3) }' "$file"
  done
}

mkdir -p "$state"
if [[ ${HOSTILE_BUILD:-1} != 0 ]]; then dotnet build "$root/tests/Cil.Hostile.Tests" -c Release -v q --nologo || exit 1; fi
ticker=
trap 'kill $ticker 2>/dev/null' EXIT
(while sleep 60; do figures; done) &
ticker=$!
failed=0
while read -r kind test inputs; do
  if [[ $# -gt 0 && " $* " != *" $kind "* ]]; then continue; fi
  while true; do
    CIL_HOSTILE_INPUTS=$((inputs * ${HOSTILE_SHARE:-100} / 100)) CIL_HOSTILE_STATE=$state \
      dotnet vstest "$bin/Cil.Hostile.Tests.dll" --TestCaseFilter:"FullyQualifiedName=Cil.Hostile.Tests.$test" </dev/null >"$state/$kind.log" 2>&1
    status=$?
    # Ended by an input: it is counted, and the next is tried.
    if ! grep -q 'Test Run Aborted\|test host process crashed' "$state/$kind.log"; then break; fi
    echo "$kind: the process ended; see $state/$kind.log"
    cp "$state/$kind.log" "$state/$kind.$(date +%s).log"
    failed=1
  done
  if [[ $status -ne 0 ]]; then
    failed=1
    grep -A12 'Error Message' "$state/$kind.log"
  fi
done <<<"$kinds"
figures
exit $failed
