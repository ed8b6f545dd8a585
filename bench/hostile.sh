#!/usr/bin/env bash
# The long form of tests/Cil.Hostile.Tests: so many mutated inputs of each kind (150,000 of seven kinds are more than a million), each read or refused
# within 5 s and 300 MB, no foreign file opened. A run that is broken off goes on where it was; an input that ends the process is named, and the run goes
# on behind it.
#   bench/hostile.sh [INPUTS] [FOLDER OF THE STATE]
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
export CIL_HOSTILE_INPUTS=${1:-150000} CIL_HOSTILE_STATE=${2:-$root/artifacts/hostile}
mkdir -p "$CIL_HOSTILE_STATE"
dotnet build "$root/tests/Cil.Hostile.Tests" -c Release -v q --nologo || exit 1
crashes=0
while true; do
  output=$(dotnet test "$root/tests/Cil.Hostile.Tests" -c Release --no-build --nologo 2>&1)
  status=$?
  tail -n 20 <<<"$output"
  # Ended by itself: what failed is in the list above.
  if ! grep -q 'Test Run Aborted\|test host process crashed' <<<"$output"; then break; fi
  crashes=$((crashes + 1))
  echo "the process ended at: $(cd "$CIL_HOSTILE_STATE" && grep -H . * | tr '\n' ' ')" | tee -a "$CIL_HOSTILE_STATE.crashes"
done
echo "$crashes crashes"
exit $((status != 0 || crashes > 0))
