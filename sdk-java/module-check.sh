#!/usr/bin/env bash
# Compiles and runs an application with a module descriptor of its own against the packaged jar, all
# on the module path: what module-info.java lacks shows here and in no test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=target/module-check
rm -rf "$work"
mkdir -p "$work/source/application" "$work/classes"
mvn --batch-mode --no-transfer-progress --quiet dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/modules"
cp target/fastpubsub-sdk-*-SNAPSHOT.jar "$work/modules/"
rm -f "$work"/modules/*-sources.jar "$work"/modules/*-javadoc.jar

cat >"$work/source/module-info.java" <<'JAVA'
module application {
    requires com.fastpubsub.sdk;
}
JAVA
cat >"$work/source/application/Main.java" <<'JAVA'
package application;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Reason;
import java.net.URI;
import java.time.Duration;

public class Main {
    public static void main(String[] arguments) {
        for (String address : new String[] {"ws://127.0.0.1:1", "grpc://127.0.0.1:1"}) {
            ClientOptions options =
                    ClientOptions.withToken("AT_a_b")
                            .connectTimeout(Duration.ofSeconds(3))
                            .backoff(Duration.ofMillis(50), Duration.ofMillis(50))
                            .build();
            try {
                FastPubSub.connect(URI.create(address), options).close();
                throw new AssertionError("there is no server at port 1");
            } catch (FastPubSubException expected) {
                if (expected.reason() != Reason.UNREACHABLE) {
                    throw expected;
                }
            }
        }
        System.out.println("both transports work on the module path");
    }
}
JAVA
javac --release 17 -Xlint:all -Werror --module-path "$work/modules" -d "$work/classes" \
  "$work/source/module-info.java" "$work/source/application/Main.java"
java --module-path "$work/modules:$work/classes" --module application/application.Main 2>"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
