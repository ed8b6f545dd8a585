#!/usr/bin/env bash
# Everything that a GPU is to show (docs/benchmarks.md): faults, networks against the originals, the grid, a step of training.
# Needs a PyTorch with CUDA, whose libtorch is used, and checkouts of the originals.
# Usage: CIL_PEERS=FOLDER bench/gpu.sh [PYTHON]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
CIL_LIBTORCH=$("$python" -c 'import torch; print(torch.__path__[0])')
export CIL_LIBTORCH LD_LIBRARY_PATH="$CIL_LIBTORCH/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
dotnet build tests/Cil.Benchmarks -c Release -p:CilLibtorch="$CIL_LIBTORCH"
for name in gpu-faults svd-unet dynamicrafter-unet videocrafter1-unet svd-decoder svd-unet-full dynamicrafter-unet-full training; do
  dotnet run --project tests/Cil.Benchmarks -c Release --no-build -- --only $name --device cuda:0 --python "$(command -v "$python")" || failed=1
done
dotnet run --project tests/Cil.Benchmarks -c Release --no-build -- --only grid --model models/cil-tiny || failed=1
exit ${failed:-0}
