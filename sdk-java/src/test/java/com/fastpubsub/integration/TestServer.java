package com.fastpubsub.integration;

import com.fastpubsub.CreatedToken;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenGrant;
import com.fastpubsub.TokenRequest;
import com.fastpubsub.TokenRight;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real server on this machine, for one test. */
final class TestServer implements AutoCloseable {
    private static final long START_SECONDS = 120;

    private final Path folder;
    private final List<String> options;
    private Process process;
    private JsonObject ready;

    private TestServer(List<String> options) throws IOException {
        this.folder = Files.createTempDirectory("fastpubsub-test-");
        this.options = options;
    }

    static TestServer start(String... options) {
        try {
            TestServer server = new TestServer(List.of(options));
            server.run();
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void run() throws IOException {
        Path readyFile = folder.resolve("ready.json");
        Files.deleteIfExists(readyFile);
        List<String> command =
                new ArrayList<>(List.of(ServerBinary.path().toString(), "serve", "--dev"));
        command.addAll(List.of("--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"));
        command.addAll(List.of("--ready-file", readyFile.toString()));
        command.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        command.addAll(List.of("--master-token", "a-master-token-of-the-tests"));
        command.addAll(options);
        Path log = folder.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // The server takes each of these for a setting of its own.
        builder.environment().keySet().removeIf(name -> name.startsWith("FASTPUBSUB_"));
        process = builder.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!Files.exists(readyFile)) {
            if (endedWithin(Duration.ofMillis(5)) || System.nanoTime() > deadline) {
                throw new AssertionError("the server did not start: " + Files.readString(log));
            }
        }
        ready = JsonParser.parseString(Files.readString(readyFile)).getAsJsonObject();
    }

    private boolean endedWithin(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private String value(String name) {
        return ready.get(name).getAsString();
    }

    String http() {
        return value("http");
    }

    String grpc() {
        return value("grpc");
    }

    String masterToken() {
        return "a-master-token-of-the-tests";
    }

    /** May do everything in the tenants my-tenant and ~. */
    String accessToken() {
        return value("access_token");
    }

    TokenClient tokens() {
        return TokenClient.create(URI.create("http://" + http()), masterToken());
    }

    /** A token for the tenant t with every channel. */
    CreatedToken issue(Duration lifetime) {
        return issue(
                TokenRight.of(
                        Instant.now().plus(lifetime).truncatedTo(ChronoUnit.MILLIS),
                        new TokenGrant(List.of("t"), List.of("#"), List.of("#"))));
    }

    CreatedToken issue(TokenRight right) {
        try (TokenClient tokens = tokens()) {
            return tokens.createToken(new TokenRequest(right, "tests", "of a test")).join();
        }
    }

    void revoke(CreatedToken token) {
        try (TokenClient tokens = tokens()) {
            tokens.revokeToken(token.token()).join();
        }
    }

    void kill() {
        process.destroyForcibly();
        if (!endedWithin(Duration.ofSeconds(60))) {
            throw new AssertionError("the server could not be killed");
        }
    }

    /** Starts to drain; the server ends when its clients have moved. */
    void drain() {
        process.destroy();
    }

    /** Starts again with the same data, on other ports: the old ones may have been taken. */
    void restart() {
        try {
            run();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
