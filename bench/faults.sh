#!/usr/bin/env bash
# The long fault suite (docs/reliability.md): silos of one process lost one after the other; then a cluster of processes over a
# folder, and over Azure storage and S3 that go wrong.
# Usage: bench/faults.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-100}
dotnet build Cil.sln -c Release
CIL_LOSS_ROUNDS=$rounds dotnet test tests/Cil.Silo.Tests -c Release --no-build --filter FullyQualifiedName~SiloLoss
for storage in folder azure s3; do
  dotnet run --project tests/Cil.Benchmarks -c Release --no-build -- --only faults --rounds "$rounds" --storage $storage --threads 1 --model models/cil-tiny
done
