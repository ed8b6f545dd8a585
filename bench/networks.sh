#!/usr/bin/env bash
# The fault suite on a network that fails (docs/reliability.md): each silo in a network namespace of its own. Needs root and /dev/net/tun.
# Usage: bench/networks.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project tests/Cil.Benchmarks -c Release -- --only network-faults --rounds "${1:-100}" --threads 1 --model models/cil-tiny
