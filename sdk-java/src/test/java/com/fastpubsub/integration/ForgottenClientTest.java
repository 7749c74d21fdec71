package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.ClientState;
import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.Message;
import com.fastpubsub.Subscription;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a client that its application does not close. */
class ForgottenClientTest {
    private static final long PATIENCE_SECONDS = 60;

    /** So often is garbage collected where nothing may happen. */
    private static final int COLLECTIONS = 5;

    private final StateLog states = new StateLog();
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private FastPubSubClient connect(Transport transport) {
        ClientOptions options =
                ClientOptions.withToken(server.accessToken()).onState(states).build();
        return FastPubSub.connect(transport.address(server), options);
    }

    @Test
    void itDoesNotKeepTheProcessRunning() throws Exception {
        Process left =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classPath(),
                                LeftOpen.class.getName(),
                                server.accessToken(),
                                server.masterToken(),
                                "http://" + server.http(),
                                Transport.WEBSOCKET.address(server).toString(),
                                Transport.GRPC.address(server).toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            boolean ended = left.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String said =
                    ended
                            ? new String(
                                    left.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            : "it still runs";
            assertThat(said).endsWith("left main" + System.lineSeparator());
            assertThat(left.exitValue()).isZero();
        } finally {
            left.destroyForcibly();
        }
    }

    /** Where this library, its tests and what they need are, with modules or without. */
    private static String classPath() throws URISyntaxException {
        return Stream.of(
                        folderOf(FastPubSub.class),
                        folderOf(LeftOpen.class),
                        System.getProperty("java.class.path", ""),
                        System.getProperty("jdk.module.path", ""))
                .filter(path -> !path.isEmpty())
                .reduce((all, path) -> all + File.pathSeparator + path)
                .orElseThrow();
    }

    private static String folderOf(Class<?> type) throws URISyntaxException {
        String name = type.getName().replace('.', '/') + ".class";
        URL file = type.getResource("/" + name);
        assertThat(file).isNotNull();
        Path folder = Path.of(file.toURI());
        for (long i = name.chars().filter(c -> c == '/').count(); i >= 0; i--) {
            folder = folder.getParent();
        }
        return folder.toString();
    }

    @ParameterizedTest
    @EnumSource
    void itIsClosedInOrderWhenNothingRefersToIt(Transport transport) {
        try (var other = FastPubSub.connect(transport.address(server), server.accessToken());
                var subscription = other.subscribe("my-tenant", "last").join()) {
            leave(transport);
            collectUntilClosed();
            assertThat(states.await(ClientState.CLOSED, 1).cause()).isNull();
            assertThat(message(subscription).payloadText()).isEqualTo("last words");
        }
    }

    /** Makes a client which nothing refers to when this returns. */
    private void leave(Transport transport) {
        FastPubSubClient client = connect(transport);
        client.subscribe("my-tenant", "a").join();
        client.publish("my-tenant", "last", bytes("last words"));
    }

    private void collectUntilClosed() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!states.states().contains(ClientState.CLOSED)) {
            assertThat(System.nanoTime()).as("it is not closed").isLessThan(deadline);
            System.gc();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSubscriptionKeepsItOpen(Transport transport) {
        assertOpenWithASubscription(transport);
        collectUntilClosed();
    }

    private void assertOpenWithASubscription(Transport transport) {
        Subscription subscription = connect(transport).subscribe("my-tenant", "a").join();
        try (var other = FastPubSub.connect(transport.address(server), server.accessToken())) {
            for (int i = 0; i < COLLECTIONS; i++) {
                collect();
                other.publish("my-tenant", "a", bytes("still " + i)).join();
                assertThat(message(subscription).payloadText()).isEqualTo("still " + i);
            }
        }
        assertThat(states.states()).doesNotContain(ClientState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource
    void aSubscriberKeepsItOpenUntilItCancels(Transport transport) throws InterruptedException {
        BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        Collector collector = new Collector(texts);
        connect(transport).subscribe("my-tenant", "a").join().subscribe(collector);
        try (var other = FastPubSub.connect(transport.address(server), server.accessToken())) {
            for (int i = 0; i < COLLECTIONS; i++) {
                collect();
                other.publish("my-tenant", "a", bytes("still " + i)).join();
                assertThat(texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("still " + i);
            }
        }
        assertThat(states.states()).doesNotContain(ClientState.CLOSED);
        collector.cancel();
        collectUntilClosed();
    }

    /** Collects garbage, for certain. */
    private static void collect() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        while (garbage.get() != null) {
            System.gc();
        }
    }

    private static final class Collector implements Flow.Subscriber<Event> {
        private final BlockingQueue<String> texts;
        private Flow.Subscription flow;

        Collector(BlockingQueue<String> texts) {
            this.texts = texts;
        }

        /** Ends the flow, and lets go of it. */
        void cancel() {
            flow.cancel();
            flow = null;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            flow = given;
            flow.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Event event) {
            texts.addAll(event instanceof Message got ? List.of(got.payloadText()) : List.of());
        }

        @Override
        public void onError(Throwable cause) {
            texts.add(cause.toString());
        }

        @Override
        public void onComplete() {
            texts.add("complete");
        }
    }
}
