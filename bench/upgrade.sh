#!/usr/bin/env bash
# One version replaces another while jobs run (docs/reliability.md): builds the commit given into a folder of its own, starts silos of
# it as processes, and replaces them one after the other by silos of this working tree. Needs redis-server.
# Usage: bench/upgrade.sh COMMIT [ROUNDS]      (3 rounds)
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse --verify --short=12 "${1:?the commit of the version before}^{commit}")
folder=$PWD/artifacts/upgrade/$commit
program=$folder/artifacts/bin/Cil.Cli/release_linux-x64/cil.dll
if [[ ! -e $folder/.built ]]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  git archive "$commit" | tar -x -C "$folder"
  # Settings of the shell that point elsewhere would mix the two.
  env -u ArtifactsPath dotnet build "$folder/Cil.Cli/Cil.Cli.csproj" -c Release -v q --nologo
  touch "$folder/.built"
fi
exec dotnet run --project tests/Cil.Benchmarks -c Release -- --only upgrade --before "$program" --rounds "${2:-3}" --threads 1 --model models/cil-tiny
