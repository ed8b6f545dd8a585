#!/usr/bin/env bash
# 200 clients that submit, poll and watch for five minutes at a service that renders; then 10,000 watchers of jobs that wait
# (docs/benchmarks.md). On a machine that does nothing else.
# Usage: bench/load.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/Cil.Benchmarks -c Release -v q
run() { dotnet run --project tests/Cil.Benchmarks -c Release --no-build -- "$@" --model models/cil-tiny; }
run --only load --minutes "${1:-5}"
run --only watchers
