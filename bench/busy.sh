#!/usr/bin/env bash
# How README's render fares beside as many busy programs as there are processors: its fair share is then twice the time alone.
# Renders alone and beside them in turn and prints the medians and their ratio to the fair share.
# Usage: bench/busy.sh [PAIRS]      (idle machine; 5 pairs)
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-5}
folder=$(mktemp -d)
busy=()
stop() { [[ ${#busy[@]} -eq 0 ]] || kill "${busy[@]}" 2>/dev/null || true; busy=(); }
trap 'stop; rm -rf "$folder"' EXIT

# render NAME: appends the seconds of one render to $folder/NAME.
render() {
  local begun
  begun=$(date +%s%N)
  ./cil render samples/tangerine.png --prompt "a tangerine moving to the left" --seed 1 -o "$folder/video.mp4" >/dev/null 2>&1
  echo $((($(date +%s%N) - begun) / 1000000)) >>"$folder/$1"
  sha256sum "$folder/video.mp4" | cut -d ' ' -f 1 >>"$folder/bytes"
}

median() { sort -n "$folder/$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

./cil render samples/tangerine.png --prompt "a tangerine moving to the left" --seed 1 -o "$folder/video.mp4" >/dev/null 2>&1
for ((pair = 0; pair < pairs; pair++)); do
  render alone
  for ((i = 0; i < $(nproc); i++)); do
    (while :; do :; done) &
    busy+=($!)
  done
  render beside
  stop
done
[[ $(sort -u "$folder/bytes" | wc -l) -eq 1 ]] || { echo "the videos differ"; exit 1; }
alone=$(median alone) beside=$(median beside)
echo "$(date -u +%F\ %R) UTC, $(nproc) processors: alone $alone ms, beside $(nproc) busy programs $beside ms (medians of $pairs, same bytes)"
awk -v a="$alone" -v b="$beside" 'BEGIN { r = b / (2 * a); printf "%.2f of the fair share; aim 1.70: %s\n", r, r <= 1.7 ? "met" : "NOT met"; exit r > 1.7 }'
