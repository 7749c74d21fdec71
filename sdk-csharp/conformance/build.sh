#!/usr/bin/env bash
# Builds the conformance driver and the measuring program of this SDK, and leaves
# them as FOLDER/driver and FOLDER/bench. They need the dotnet that is on PATH.
#
#   conformance/build.sh FOLDER
set -euo pipefail
[[ $# -eq 1 ]] || { echo "use: conformance/build.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"

for program in Driver Bench; do
  name=${program,,}
  dotnet publish "$program/$program.csproj" --configuration Release --output "$folder/$name-files" \
    --verbosity quiet -nologo -maxCpuCount:1 -p:UseAppHost=false
  cat > "$folder/$name.new" <<LAUNCHER
#!/bin/sh
exec dotnet exec "\${0%/*}/$name-files/$name.dll" "\$@"
LAUNCHER
  chmod +x "$folder/$name.new"
  mv "$folder/$name.new" "$folder/$name"
done
