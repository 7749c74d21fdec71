#!/usr/bin/env bash
# Everything that is checked here: format, warnings, documentation, all tests, the jars, a small
# application that uses them on the module path, and the programs in conformance/. Needs Java 17, Maven 3.8 and Go (for the server,
# unless FASTPUBSUB_SERVER_BINARY names one). Ends with the test runner's own closing lines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

log=target/check.log
mkdir -p target
status=0
mvn --batch-mode --no-transfer-progress verify 2>&1 | tee "$log" || status=$?

if ((status == 0)); then
  ./module-check.sh || status=$?
fi
if ((status == 0)); then
  conformance/build.sh target/conformance || status=$?
fi

# Surefire's own sum stands far above: once more, at the end.
if ! grep -E '^\[(INFO|ERROR|WARNING)\] Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+ *$' "$log" | tail -n 1; then
  echo 'no test was run' >&2
  status=1
fi
exit "$status"
