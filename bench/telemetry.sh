#!/usr/bin/env bash
# What telemetry costs a render (docs/telemetry.md), in pairs; on a machine that does nothing else.
# Usage: bench/telemetry.sh [PAIRS]
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project tests/Cil.Benchmarks -c Release -- --only telemetry --runs "${1:-15}" --model models/cil-tiny
