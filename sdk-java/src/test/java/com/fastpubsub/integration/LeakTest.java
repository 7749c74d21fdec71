package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.ClientState;
import com.fastpubsub.CreatedToken;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.Subscription;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenQuery;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-17: an end leaves no thread behind. */
class LeakTest {
    private static final long PATIENCE_SECONDS = 60;

    private final StateLog states = new StateLog();
    private TestServer server;
    private Set<Thread> before;

    @BeforeEach
    void start() {
        server = TestServer.start();
        before = Thread.getAllStackTraces().keySet();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Threads of the client's own are gone when closing returns; others very soon after it. */
    private void assertNothingIsLeft() {
        assertThat(left()).noneMatch(name -> name.startsWith("fastpubsub-") && !isEnding(name));
        assertEventuallyNothingIsLeft();
    }

    /** The thread that ends the others says so as its last word. */
    private static boolean isEnding(String name) {
        return name.contains("-end-");
    }

    private Set<String> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !isPlatform(name))
                .collect(Collectors.toSet());
    }

    private static boolean isPlatform(String name) {
        return name.startsWith("process reaper")
                || name.startsWith("ForkJoinPool.commonPool")
                || name.startsWith("Attach Listener")
                || name.startsWith("Cleaner-");
    }

    private FastPubSubClient connect(Transport transport, String token) {
        ClientOptions options =
                ClientOptions.withToken(token)
                        .onState(states)
                        .closeTimeout(Duration.ofMillis(500))
                        .build();
        return FastPubSub.connect(transport.address(server), options);
    }

    @ParameterizedTest
    @EnumSource
    void afterClosing(Transport transport) {
        Subscription subscription;
        try (var client = connect(transport, server.accessToken())) {
            subscription = client.subscribe("my-tenant", "a").join();
            client.publish("my-tenant", "a", bytes("1")).join();
        }
        assertNothingIsLeft();
        assertThat(subscription.unsubscribe()).succeedsWithin(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @EnumSource
    void afterClosingInTheMiddleOfEverything(Transport transport) {
        var client = connect(transport, server.accessToken());
        var subscription = client.subscribe("my-tenant", "a").join();
        Thread reader = new Thread(() -> subscription.forEach(event -> {}));
        reader.start();
        for (int i = 0; i < 1000; i++) {
            client.publish("my-tenant", "a", bytes("1"));
            client.subscribe("my-tenant", "b" + i % 100);
        }
        client.close();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void afterClosingWithoutWaiting(Transport transport) {
        connect(transport, server.accessToken()).closeAsync().join();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void afterTheClientHasEndedByItself(Transport transport) {
        CreatedToken token = server.issue(Duration.ofHours(1));
        var client = connect(transport, token.token());
        server.revoke(token);
        states.await(ClientState.CLOSED, 1);
        client.close();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void afterARefusedAttempt(Transport transport) {
        Reading.refusal(() -> connect(transport, "AT_a_b"));
        assertEventuallyNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void afterClosingWhileTheServerIsAway(Transport transport) {
        var client = connect(transport, server.accessToken());
        server.kill();
        states.await(ClientState.RECONNECTING, 1);
        client.publish("my-tenant", "a", bytes("1"));
        client.close();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void afterClosingFromAHandler(Transport transport) {
        var client = connect(transport, server.accessToken());
        client.publish("my-tenant", "a", bytes("1")).thenRun(client::close).join();
        assertEventuallyNothingIsLeft();
    }

    private void assertEventuallyNothingIsLeft() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Set<String> left = left();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            left = left(); // a thread that Netty shares may start once more afterwards
        }
        assertThat(left).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void ofATokenClient(Transport transport) {
        String address =
                transport.address(server).toString().replace("ws://", "http://").replace("/ws", "");
        try (TokenClient tokens = TokenClient.create(URI.create(address), server.masterToken())) {
            tokens.listTokens(TokenQuery.ALL).join();
        }
        assertNothingIsLeft();
    }
}
