package com.fastpubsub.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The real server: what FASTPUBSUB_SERVER_BINARY names, or what is built from the repository. */
final class ServerBinary {
    private static final String VARIABLE = "FASTPUBSUB_SERVER_BINARY";
    private static final long BUILD_MINUTES = 10;

    private static Path path;

    private ServerBinary() {}

    static synchronized Path path() {
        if (path == null) {
            String given = System.getenv(VARIABLE);
            path = given == null || given.isEmpty() ? build() : Path.of(given).toAbsolutePath();
            if (!Files.isExecutable(path)) {
                throw new AssertionError(VARIABLE + " names no program: " + path);
            }
        }
        return path;
    }

    private static Path build() {
        Path built = Path.of("target", "fastpubsub").toAbsolutePath();
        ProcessBuilder builder =
                new ProcessBuilder("go", "build", "-o", built.toString(), "./server/cmd/fastpubsub")
                        .directory(Path.of("..").toFile())
                        .redirectErrorStream(true);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new AssertionError(
                        "the server cannot be built with Go; set " + VARIABLE + ": " + output);
            }
        } catch (IOException noGo) {
            throw new UncheckedIOException("there is no Go; set " + VARIABLE, noGo);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return built;
    }
}
