#!/usr/bin/env bash
# Builds the conformance driver and the measuring program of this SDK, and leaves
# them as FOLDER/driver and FOLDER/bench. They need the Java that is on PATH, and
# the local Maven repository. When nothing has changed nothing is built.
#
#   conformance/build.sh FOLDER
set -euo pipefail
[[ $# -eq 1 ]] || { echo "use: conformance/build.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fingerprint=$({
  java -version 2>&1
  find pom.xml conformance/build.sh src/main src/generated conformance/src -type f -print0 | sort -z | xargs -0 sha256sum
} | sha256sum)
if [[ -x $folder/driver && -x $folder/bench && $(cat "$folder/fingerprint" 2>/dev/null) == "$fingerprint" ]]; then
  exit 0
fi
rm -rf "$folder/driver" "$folder/bench" "$folder/fingerprint" "$folder/classes" "$folder/library"

mvn --batch-mode --no-transfer-progress --quiet compile \
  dependency:build-classpath -Dmdep.outputFile="$folder/classpath" -Dmdep.includeScope=runtime
cp -R target/classes "$folder/library"
mkdir "$folder/classes"
find conformance/src/main/java conformance/src/generated/java -name '*.java' >"$folder/sources"
# JSpecify's marks in the library's classes are of no use here, and are not there.
javac --release 17 -encoding UTF-8 -Xlint:all,-classfile -Werror -proc:none -d "$folder/classes" \
  -cp "$folder/library:$(cat "$folder/classpath")" "@$folder/sources"

launcher() { # NAME CLASS
  cat >"$folder/$1.new" <<LAUNCHER
#!/bin/sh
here=\$(dirname "\$0")
exec java -cp "\$here/classes:\$here/library:$(cat "$folder/classpath")" $2 "\$@"
LAUNCHER
  chmod +x "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
}
launcher driver com.fastpubsub.conformance.driver.Main
launcher bench com.fastpubsub.conformance.bench.Main
echo "$fingerprint" >"$folder/fingerprint"
