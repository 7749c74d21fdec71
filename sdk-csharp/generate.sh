#!/usr/bin/env bash
# Regenerates the folders Generated from the contract in ../proto, with the
# protoc and the plugin of the package Grpc.Tools. Needs nothing but dotnet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

dotnet restore --verbosity quiet generate/Generate.csproj
package=$(dotnet msbuild generate/Generate.csproj -getProperty:PkgGrpc_Tools)

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux_x64 ;;
  Linux-aarch64) platform=linux_arm64 ;;
  Darwin-*) platform=macosx_x64 ;;
  *) echo "Grpc.Tools has no protoc for $(uname -s) on $(uname -m)" >&2; exit 1 ;;
esac

# A package's files may have lost their permission to run; run copies.
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
cp "$package/tools/$platform/protoc" "$package/tools/$platform/grpc_csharp_plugin" "$tools"
chmod +x "$tools"/*

# generate FOLDER OPTIONS-OF-PROTOC FILES: what was in the folder goes.
generate() {
  local out=$1
  shift
  rm -rf "$out"
  mkdir -p "$out"
  "$tools/protoc" \
    --proto_path=../proto --proto_path="$package/build/native/include" \
    --csharp_out="$out" --csharp_opt=internal_access,file_extension=.g.cs "$@"
}

# The library; and the driver's frames, with what they are made of, because the library's own types are internal.
library=src/FastPubSub/Generated
generate $library \
  --plugin=protoc-gen-grpc="$tools/grpc_csharp_plugin" \
  --grpc_out=$library --grpc_opt=internal_access,no_server,file_suffix=Grpc.g.cs \
  fastpubsub/v1/{error,limits,message,session,token_service}.proto
generate conformance/Driver/Generated \
  fastpubsub/v1/{message,token_service}.proto fastpubsub/conformance/v1/driver.proto
