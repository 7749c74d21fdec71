#!/usr/bin/env bash
# Checks everything of this folder: format, analysis, public API, build for every
# target, package, examples, unit tests, and integration tests against the real
# server, which is built from this repository unless FASTPUBSUB_SERVER_BINARY
# names one. Ends with the test runner's own summary; fails when anything fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ -z ${FASTPUBSUB_SERVER_BINARY:-} ]]; then
  server=$(mktemp -d)
  trap 'rm -rf "$server"' EXIT
  (cd .. && go build -o "$server/fastpubsub" ./server/cmd/fastpubsub)
  export FASTPUBSUB_SERVER_BINARY=$server/fastpubsub
fi

echo "C# SDK: restore"
dotnet restore FastPubSub.slnx --verbosity quiet
echo "C# SDK: build, with analysers and format as errors (net8.0, net10.0), tests, examples, conformance driver, bench"
dotnet build FastPubSub.slnx --no-restore --configuration Release --verbosity quiet -maxCpuCount:1
echo "C# SDK: format, of what the build does not look at"
dotnet format whitespace FastPubSub.slnx --no-restore --verify-no-changes
echo "C# SDK: package"
dotnet pack src/FastPubSub/FastPubSub.csproj --no-build --configuration Release --output artifacts --verbosity quiet
for file in artifacts/FastPubSub.*.nupkg artifacts/FastPubSub.*.snupkg; do
  [[ -f $file ]] || { echo "the package $file is missing" >&2; exit 1; }
done
echo "C# SDK: tests"
dotnet test --solution FastPubSub.slnx --no-build --configuration Release
