#!/usr/bin/env bash
# An autoscaler that asks the real scaler and starts and stops real workers, with jobs under way (docs/kubernetes.md).
# Usage: bench/autoscale.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project tests/Cil.Benchmarks -c Release -- --only autoscale --minutes "${1:-60}" --threads 1 --model models/cil-tiny
