package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static com.fastpubsub.integration.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Reason;
import com.fastpubsub.TlsOptions;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenQuery;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-14: TLS with a private authority and client certificates. */
class TlsTest {
    @TempDir static Path folder;

    private static TestServer open;
    private static TestServer strict;
    private static Path authority;
    private static Path otherAuthority;
    private static Path clientCertificate;
    private static Path clientKey;

    @BeforeAll
    static void start() throws Exception {
        Certificates certificates = new Certificates(folder, "test");
        authority = certificates.authority();
        otherAuthority = new Certificates(folder, "other").authority();
        Path server = certificates.issue("server", "san=dns:localhost,ip:127.0.0.1");
        clientCertificate = certificates.issue("client", "eku=clientAuth");
        clientKey = certificates.key("client");
        String key = certificates.key("server").toString();
        open = TestServer.start("--tls-cert-file", server.toString(), "--tls-key-file", key);
        strict =
                TestServer.start(
                        "--tls-cert-file", server.toString(),
                        "--tls-key-file", key,
                        "--tls-client-ca-file", authority.toString());
    }

    @AfterAll
    static void stop() {
        open.close();
        strict.close();
    }

    private static ClientOptions options(TestServer server, TlsOptions.Builder tls) {
        return ClientOptions.withToken(server.accessToken())
                .tls(tls.build())
                .connectTimeout(Duration.ofMinutes(1))
                .build();
    }

    private static void assertWorks(
            Transport transport, TestServer server, TlsOptions.Builder tls) {
        try (var client =
                        FastPubSub.connect(transport.secureAddress(server), options(server, tls));
                var subscription = client.subscribe("my-tenant", "a").join()) {
            client.publish("my-tenant", "a", bytes("secured")).join();
            assertThat(message(subscription).payloadText()).isEqualTo("secured");
        }
    }

    /** Refused once and for all. */
    private static FastPubSubException refused(
            Transport transport, TestServer server, TlsOptions.Builder tls) {
        ClientOptions options = options(server, tls);
        return refusal(() -> FastPubSub.connect(transport.secureAddress(server), options).close());
    }

    @ParameterizedTest
    @EnumSource
    void aGivenAuthorityIsTrusted(Transport transport) {
        assertWorks(transport, open, TlsOptions.builder().certificateAuthority(authority));
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownAuthorityIsNotAndThatIsFinal(Transport transport) {
        for (TlsOptions.Builder tls :
                List.of(
                        TlsOptions.builder(),
                        TlsOptions.builder().certificateAuthority(otherAuthority))) {
            FastPubSubException refusal = refused(transport, open, tls);
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.retryable()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAuthorityThatHasExpiredIsNotTrusted(Transport transport) throws Exception {
        Certificates old = new Certificates(folder, "old" + transport, "-3d");
        String name = "server-of-old-" + transport;
        Path certificate = old.issue(name, "san=dns:localhost,ip:127.0.0.1");
        try (TestServer server =
                TestServer.start(
                        "--tls-cert-file", certificate.toString(),
                        "--tls-key-file", old.key(name).toString())) {
            TlsOptions.Builder tls = TlsOptions.builder().certificateAuthority(old.authority());
            FastPubSubException refusal = refused(transport, server, tls);
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.retryable()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void insecureAcceptsEverything(Transport transport) {
        assertWorks(transport, open, TlsOptions.builder().insecureSkipVerify());
    }

    @ParameterizedTest
    @EnumSource
    void aClientCertificateIsShown(Transport transport) {
        assertWorks(
                transport,
                strict,
                TlsOptions.builder()
                        .certificateAuthority(authority)
                        .clientCertificate(clientCertificate, clientKey));
    }

    @ParameterizedTest
    @EnumSource
    void withoutAClientCertificateThereIsNoConnectionAndThatIsFinal(Transport transport) {
        TlsOptions.Builder tls = TlsOptions.builder().certificateAuthority(authority);
        FastPubSubException refusal = refused(transport, strict, tls);
        assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(refusal.retryable()).isFalse();
        assertThat(refusal).hasMessageContaining("give one, by TlsOptions.clientCertificate");
    }

    @ParameterizedTest
    @EnumSource
    void aServerWithoutTlsIsNotReached(Transport transport) {
        try (TestServer plain = TestServer.start()) {
            TlsOptions.Builder tls = TlsOptions.builder().certificateAuthority(authority);
            FastPubSubException refusal = refused(transport, plain, tls);
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.retryable()).isFalse();
            assertThat(refusal)
                    .hasMessageContaining("begin with ws:// or grpc://?")
                    .hasMessageNotContaining("48545450"); // the bytes that came
        }
    }

    /** What answers is the port of gRPC, which another attempt does not change. */
    @Test
    void aWebSocketIsNotToBeHadAtThePortOfGrpc() {
        try (TestServer plain = TestServer.start()) {
            FastPubSubException refusal =
                    refusal(
                            () ->
                                    FastPubSub.connect(
                                            "ws://" + plain.grpc() + "/ws", plain.accessToken()));
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.retryable()).isFalse();
            assertThat(refusal).hasMessageContaining("has to begin with grpc://");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokensAreAdministeredOverTls(Transport transport) {
        String address = transport.secureAddress(strict).toString().replace("wss", "https");
        TlsOptions tls =
                TlsOptions.builder()
                        .certificateAuthority(authority)
                        .clientCertificate(clientCertificate, clientKey)
                        .build();
        try (TokenClient tokens =
                TokenClient.create(URI.create(address), strict.masterToken(), tls)) {
            assertThat(tokens.listTokens(TokenQuery.ALL).join().tokens()).isNotEmpty();
        }
    }
}
