package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.assertRefused;
import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static com.fastpubsub.integration.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.ClientState;
import com.fastpubsub.CreatedToken;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.Reason;
import com.fastpubsub.TokenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-2, SDK-7, SDK-8, SDK-10: tokens that end, and servers that go and come. */
class LifeTest {
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

    private ClientOptions.Builder with(ClientOptions.Builder builder) {
        return builder.onState(states)
                .backoff(Duration.ofMillis(20), Duration.ofMillis(200))
                .callTimeout(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @EnumSource
    void aTokenSourceKeepsTheConnection(Transport transport) {
        AtomicInteger asked = new AtomicInteger();
        CreatedToken[] tokens = {
            server.issue(Duration.ofSeconds(8)),
            server.issue(Duration.ofMinutes(5)),
            server.issue(Duration.ofMinutes(5))
        };
        ClientOptions options =
                with(ClientOptions.withTokenSource(() -> tokens[asked.getAndIncrement()].token()))
                        .build();
        try (var client = FastPubSub.connect(transport.address(server), options);
                var subscription = client.subscribe("t", "a").join()) {
            Instant end = tokens[0].expiresAt().plusMillis(500);
            int sent = 0;
            while (Instant.now().isBefore(end)) {
                client.publish("t", "a", bytes("" + sent)).join();
                assertThat(message(subscription).payloadText()).isEqualTo("" + sent);
                sent++;
            }
            assertThat(states.states())
                    .containsExactly(ClientState.CONNECTING, ClientState.CONNECTED);
            assertThat(asked.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTokenThatRunsOutEndsTheClient(Transport transport) {
        CreatedToken token = server.issue(Duration.ofMinutes(5));
        ClientOptions options = with(ClientOptions.withToken(token.token())).build();
        try (TokenClient tokens = server.tokens();
                var client = FastPubSub.connect(transport.address(server), options);
                var subscription = client.subscribe("t", "a").join()) {
            tokens.refreshToken(token.tokenId(), Instant.now().plusSeconds(2)).join();
            var closed = states.await(ClientState.CLOSED, 1);
            assertThat(closed.cause().reason()).isEqualTo(Reason.TOKEN_EXPIRED);
            assertRefused(Reason.TOKEN_EXPIRED, subscription::next);
            assertRefused(Reason.TOKEN_EXPIRED, () -> client.publish("t", "a", bytes("")).join());
            assertRefused(Reason.TOKEN_EXPIRED, () -> client.subscribe("t", "b").join());
            assertRefused(Reason.TOKEN_EXPIRED, () -> client.ping().join());
            assertThat(client.status().cause().reason()).isEqualTo(Reason.TOKEN_EXPIRED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefreshInTimeKeepsTheConnection(Transport transport) {
        CreatedToken token = server.issue(Duration.ofMinutes(5));
        ClientOptions options = with(ClientOptions.withToken(token.token())).build();
        try (TokenClient tokens = server.tokens();
                var client = FastPubSub.connect(transport.address(server), options)) {
            Instant soon = Instant.now().plusSeconds(5);
            tokens.refreshToken(token.tokenId(), soon).join();
            Instant later = Instant.now().plusSeconds(300);
            assertThat(tokens.refreshToken(token.tokenId(), later).join())
                    .isBetween(later.minusMillis(1), later.plusMillis(1));
            Instant end = soon.plusMillis(500);
            while (Instant.now().isBefore(end)) {
                client.ping().join();
            }
            assertThat(client.status().state()).isEqualTo(ClientState.CONNECTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRevokedTokenEndsTheClient(Transport transport) {
        CreatedToken token = server.issue(Duration.ofHours(1));
        ClientOptions options = with(ClientOptions.withToken(token.token())).build();
        try (var client = FastPubSub.connect(transport.address(server), options);
                var subscription = client.subscribe("t", "a").join()) {
            server.revoke(token);
            var closed = states.await(ClientState.CLOSED, 1);
            assertThat(closed.cause().reason()).isEqualTo(Reason.TOKEN_REVOKED);
            assertThat(refusal(subscription::next).retryable()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledServerThatComesBackIsFound(Transport transport) {
        ClientOptions options =
                with(ClientOptions.withToken(server.issue(Duration.ofHours(1)).token())).build();
        try (var address = new StableAddress(transport.port(server));
                var client = FastPubSub.connect(transport.address(address.port()), options);
                var first = client.subscribe("t", "a.#").join();
                var second = client.subscribe("t", "b").join()) {
            address.pointToNowhere();
            server.kill();
            var lost = states.await(ClientState.RECONNECTING, 1);
            assertThat(lost.cause().reason()).isEqualTo(Reason.CONNECTION_LOST);
            var waiting = client.publish("t", "a.x", bytes("sent while away"));
            server.restart();
            address.pointTo(transport.port(server));
            states.await(ClientState.CONNECTED, 2);
            waiting.join();
            assertThat(message(first).payloadText()).isEqualTo("sent while away");
            client.publish("t", "b", bytes("again")).join();
            assertThat(message(second).payloadText()).isEqualTo("again");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingWhileTheServerIsAwayIsQuick(Transport transport) {
        ClientOptions options =
                with(ClientOptions.withToken(server.issue(Duration.ofHours(1)).token()))
                        .closeTimeout(Duration.ofMillis(500))
                        .build();
        try (var address = new StableAddress(transport.port(server))) {
            var client = FastPubSub.connect(transport.address(address.port()), options);
            address.pointToNowhere();
            server.kill();
            states.await(ClientState.RECONNECTING, 1);
            var never = client.publish("t", "a", bytes("never sent"));
            client.close();
            assertRefused(Reason.CLOSED, never::join);
            assertThat(client.status().state()).isEqualTo(ClientState.CLOSED);
            assertThat(client.status().cause()).isNull();
        }
    }
}
