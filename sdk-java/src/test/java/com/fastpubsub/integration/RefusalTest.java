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
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.PublishOptions;
import com.fastpubsub.Reason;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenGrant;
import com.fastpubsub.TokenRight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-7, SDK-12, ER-5: every refusal has the catalogue's reason, on both transports. */
class RefusalTest {
    private static final TokenGrant ALL = new TokenGrant(List.of("t"), List.of("#"), List.of("#"));

    /** How long a connection is tried for that is refused again and again: some attempts. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(5);

    private static TestServer server;

    @BeforeAll
    static void start() {
        server =
                TestServer.start(
                        "--max-subscriptions", "2",
                        "--max-connections-per-token", "2",
                        "--max-publishes-per-second", "20");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static FastPubSubClient connect(Transport transport, String token) {
        return FastPubSub.connect(transport.address(server), token);
    }

    private static void assertNotConnected(Reason reason, Transport transport, String token) {
        FastPubSubException refusal = refusal(() -> connect(transport, token).close());
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.reasonName()).isEqualTo(reason.name());
        assertThat(refusal.getMessage()).startsWith(reason + ": ").doesNotContain(token);
    }

    @ParameterizedTest
    @EnumSource
    void tokensThatAreNotValid(Transport transport) {
        String valid = server.issue(Duration.ofHours(1)).token();
        String wrong = valid.substring(0, valid.length() - 1) + (valid.endsWith("0") ? "1" : "0");
        assertNotConnected(Reason.TOKEN_INVALID, transport, "AT_unknown_token");
        assertNotConnected(Reason.TOKEN_INVALID, transport, "nonsense");
        assertNotConnected(Reason.TOKEN_INVALID, transport, wrong);
        assertRefused(Reason.TOKEN_MISSING, () -> connect(transport, "").close());
    }

    @ParameterizedTest
    @EnumSource
    void tokensThatAreNotValidAnyMore(Transport transport) {
        CreatedToken revoked = server.issue(Duration.ofHours(1));
        server.revoke(revoked);
        assertNotConnected(Reason.TOKEN_REVOKED, transport, revoked.token());

        CreatedToken expired = server.issue(Duration.ofHours(1));
        try (TokenClient tokens = server.tokens()) {
            tokens.refreshToken(expired.tokenId(), Instant.now().minusSeconds(1)).join();
        }
        assertNotConnected(Reason.TOKEN_EXPIRED, transport, expired.token());
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatTheTokenIsNotFor(Transport transport) {
        Instant later = Instant.now().plusSeconds(600);
        List<String> none = List.of();
        var ip = new TokenRight(List.of(ALL), List.of("192.0.2.0/24"), none, none, later);
        var region = new TokenRight(List.of(ALL), none, List.of("mars"), none, later);
        var origin = new TokenRight(List.of(ALL), none, none, List.of("https://a.test"), later);
        assertNotConnected(Reason.IP_NOT_ALLOWED, transport, server.issue(ip).token());
        assertNotConnected(Reason.REGION_NOT_ALLOWED, transport, server.issue(region).token());
        assertNotConnected(Reason.ORIGIN_NOT_ALLOWED, transport, server.issue(origin).token());
    }

    @ParameterizedTest
    @EnumSource
    void whatTheTokenDoesNotAllow(Transport transport) {
        BlockingQueue<Reason> errors = new LinkedBlockingQueue<>();
        var right =
                TokenRight.of(
                        Instant.now().plusSeconds(600),
                        new TokenGrant(List.of("t"), List.of("pub.#"), List.of("sub.#")));
        ClientOptions options =
                ClientOptions.withToken(server.issue(right).token())
                        .onError(error -> errors.add(error.reason()))
                        .build();
        try (var client = FastPubSub.connect(transport.address(server), options)) {
            assertRefused(
                    Reason.PUBLISH_DENIED, () -> client.publish("t", "sub.a", bytes("")).join());
            assertRefused(
                    Reason.PUBLISH_DENIED, () -> client.publish("u", "pub.a", bytes("")).join());
            assertRefused(Reason.SUBSCRIBE_DENIED, () -> client.subscribe("t", "#").join());
            assertRefused(Reason.SUBSCRIBE_DENIED, () -> client.subscribe("t", "pub.a").join());
            client.publish(
                    "t", "sub.a", bytes(""), PublishOptions.DEFAULT.withoutAcknowledgement());
            assertThat(poll(errors)).isEqualTo(Reason.PUBLISH_DENIED);
            client.subscribe("t", "sub.a").join();
            assertThat(client.status().state()).isEqualTo(ClientState.CONNECTED);
        }
    }

    private static Reason poll(BlockingQueue<Reason> errors) {
        try {
            return errors.poll(60, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesThatBreakTheGrammar(Transport transport) {
        try (var client = connect(transport, server.issue(Duration.ofHours(1)).token())) {
            assertRefused(Reason.TENANT_INVALID, () -> client.publish("t*", "a", bytes("")).join());
            assertRefused(
                    Reason.CHANNEL_INVALID, () -> client.publish("t", "a..b", bytes("")).join());
            assertRefused(Reason.PATTERN_INVALID, () -> client.subscribe("t", "#.a").join());
        }
    }

    @ParameterizedTest
    @EnumSource
    void limits(Transport transport) {
        String token = server.issue(Duration.ofHours(1)).token();
        try (var client = connect(transport, token);
                var second = connect(transport, token)) {
            client.subscribe("t", "a").join();
            var kept = client.subscribe("t", "b").join();
            FastPubSubException tooMany = refusal(() -> client.subscribe("t", "c").join());
            assertThat(tooMany.reason()).isEqualTo(Reason.TOO_MANY_SUBSCRIPTIONS);
            assertThat(tooMany.retryable()).isTrue();
            second.publish("t", "b", bytes("still there")).join();
            assertThat(message(kept).payloadText()).isEqualTo("still there");

            ClientOptions impatient =
                    ClientOptions.withToken(token).connectTimeout(IMPATIENCE).build();
            assertRefused(
                    Reason.TOO_MANY_CONNECTIONS,
                    () -> FastPubSub.connect(transport.address(server), impatient).close());

            var published =
                    IntStream.range(0, 200)
                            .mapToObj(i -> second.publish("t", "x", bytes("")))
                            .toList();
            assertRefused(Reason.RATE_LIMITED, () -> published.forEach(CompletableFuture::join));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noServer(Transport transport) throws IOException {
        ClientOptions impatient =
                ClientOptions.withToken("AT_a_b").connectTimeout(IMPATIENCE).build();
        try (Socket unlistening = new Socket()) { // nobody else gets its port
            unlistening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = unlistening.getLocalPort();
            FastPubSubException refusal =
                    refusal(() -> FastPubSub.connect(transport.address(port), impatient).close());
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.retryable()).isTrue();
            assertThat(refusal.getMessage()).contains("127.0.0.1:" + port);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatSaysNothing(Transport transport) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ClientOptions impatient =
                    ClientOptions.withToken("AT_a_b")
                            .attemptTimeout(Duration.ofMillis(200))
                            .connectTimeout(IMPATIENCE)
                            .build();
            assertRefused(
                    Reason.UNREACHABLE,
                    () ->
                            FastPubSub.connect(transport.address(silent.getLocalPort()), impatient)
                                    .close());
        }
    }

    /** The other way round works: the HTTP port speaks gRPC, too. */
    @Test
    void aPortThatSpeaksNoWebSocket() {
        ClientOptions impatient =
                ClientOptions.withToken("AT_a_b").connectTimeout(IMPATIENCE).build();
        assertRefused(
                Reason.UNREACHABLE,
                () ->
                        FastPubSub.connect(
                                        Transport.WEBSOCKET.address(Transport.GRPC.port(server)),
                                        impatient)
                                .close());
    }
}
