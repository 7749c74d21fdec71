package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static com.fastpubsub.integration.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Reason;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-14: the platform's proxy is used, and the server's name is left to it. */
class ProxyTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void nobodyLogsIn() {
        Authenticator.setDefault(null);
    }

    private static URI address(Transport transport) {
        return URI.create(
                transport == Transport.GRPC
                        ? "grpc://" + ConnectProxy.HOST + ":7777"
                        : "ws://" + ConnectProxy.HOST + ":7777/ws");
    }

    private static void assertWorksThrough(ConnectProxy proxy, Transport transport) {
        String token = server.issue(Duration.ofHours(1)).token();
        try (var client = FastPubSub.connect(address(transport), token);
                var subscription = client.subscribe("t", "far").join()) {
            client.publish("t", "far", bytes("hello")).join();
            assertThat(message(subscription).payloadText()).isEqualTo("hello");
        }
        assertThat(proxy.requests())
                .isNotEmpty()
                .containsOnly("CONNECT " + ConnectProxy.HOST + ":7777 HTTP/1.1");
    }

    private static void logIn(String user, String password) {
        Authenticator.setDefault(
                new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return getRequestorType() == RequestorType.PROXY
                                ? new PasswordAuthentication(user, password.toCharArray())
                                : null;
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aClientReachesItsServerThroughTheProxy(Transport transport) {
        try (ConnectProxy proxy = new ConnectProxy(transport.port(server))) {
            assertWorksThrough(proxy, transport);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProxyIsToldWhoAsks(Transport transport) {
        try (ConnectProxy proxy =
                ConnectProxy.withPassword(transport.port(server), "somebody", "open sesame")) {
            logIn("somebody", "open sesame");
            assertWorksThrough(proxy, transport);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatWantsAPasswordIsFinalAndSaysWhatToDo(Transport transport) {
        try (ConnectProxy proxy =
                ConnectProxy.withPassword(transport.port(server), "somebody", "open sesame")) {
            assertAsksForPassword(refusal(() -> connect(transport)));
            logIn("somebody", "open barley");
            FastPubSubException wrong = refusal(() -> connect(transport));
            assertAsksForPassword(wrong);
            assertThat(wrong).hasMessageNotContaining("barley");
            assertThat(proxy.requests()).hasSize(2);
        }
    }

    private static void connect(Transport transport) {
        FastPubSub.connect(address(transport), server.accessToken()).close();
    }

    private static void assertAsksForPassword(FastPubSubException refused) {
        assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(refused.retryable()).isFalse();
        assertThat(refused)
                .hasMessageContaining(ConnectProxy.HOST + ":7777 through the proxy")
                .hasMessageContaining("a user name and a password (407)")
                .hasMessageContaining("java.net.Authenticator.setDefault");
    }
}
