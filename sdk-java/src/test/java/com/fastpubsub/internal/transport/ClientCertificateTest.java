package com.fastpubsub.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.integration.Certificates;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.AskingServer.Afterwards;
import com.fastpubsub.internal.transport.AskingServer.Ask;
import com.fastpubsub.internal.transport.tls.Pem;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SDK-12, SDK-14: what becomes of an attempt whose server asks for a client certificate. */
class ClientCertificateTest {
    private static final String DEMANDED = "the server demands a client certificate";

    @TempDir static Path folder;

    private static X509ExtendedTrustManager authority;
    private static X509ExtendedKeyManager identity;
    private static List<KeyManager> accepted;
    private static List<KeyManager> ofAnother;

    @BeforeAll
    static void issue() throws Exception {
        Certificates own = new Certificates(folder, "own");
        Certificates other = new Certificates(folder, "other");
        authority = Pem.trustManager(own.authority());
        identity = keys(own, "server", "san=ip:127.0.0.1");
        accepted = List.of(keys(own, "client", "eku=clientAuth"));
        ofAnother = List.of(keys(other, "stranger", "eku=clientAuth"));
    }

    private static X509ExtendedKeyManager keys(Certificates by, String name, String extension)
            throws Exception {
        return Pem.keyManager(by.issue(name, extension), by.key(name));
    }

    /** Everything that connects, with each version of TLS. */
    static Stream<Arguments> attempts() {
        return Stream.of(Attempts.Kind.values())
                .flatMap(
                        kind ->
                                Stream.of("TLSv1.2", "TLSv1.3")
                                        .map(protocol -> Arguments.of(kind, protocol)));
    }

    /** The same without what keeps one channel, which gRPC lets rest after a failure. */
    static Stream<Arguments> attemptsOfTheirOwn() {
        return attempts().filter(one -> one.get()[0] != Attempts.Kind.TOKENS_OVER_GRPC);
    }

    private static Attempts attempts(Attempts.Kind kind, int port, List<KeyManager> keys)
            throws Exception {
        return new Attempts(kind, port, new TlsConfig(keys, List.of(authority)));
    }

    private static Fault attempt(Attempts.Kind kind, AskingServer server, List<KeyManager> keys)
            throws Exception {
        try (Attempts attempts = attempts(kind, server.port(), keys)) {
            return attempts.next();
        }
    }

    private static AskingServer server(String protocol, Ask ask, Afterwards afterwards)
            throws Exception {
        return new AskingServer(identity, authority, protocol, ask, afterwards);
    }

    private static void assertDemanded(Fault fault, int port) {
        assertThat(fault.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(fault.toString())
                .startsWith(
                        "UNREACHABLE: cannot connect to 127.0.0.1:%d: %s and got none that it accepts"
                                .formatted(port, DEMANDED))
                .contains("TlsOptions.clientCertificate")
                .doesNotContain("Exception");
        assertThat(fault.isRetryable()).isFalse();
    }

    private static void assertRetryable(Fault fault) {
        assertThat(fault.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(fault.toString()).doesNotContain(DEMANDED);
        assertThat(fault.isRetryable()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void noneIsFinalWhereOneIsDemanded(Attempts.Kind kind, String protocol) throws Exception {
        try (AskingServer server = server(protocol, Ask.DEMANDED, Afterwards.END)) {
            assertDemanded(attempt(kind, server, List.of()), server.port());
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void oneOfAnotherAuthorityIsFinal(Attempts.Kind kind, String protocol) throws Exception {
        try (AskingServer server = server(protocol, Ask.DEMANDED, Afterwards.END)) {
            assertDemanded(attempt(kind, server, ofAnother), server.port());
        }
    }

    /** A choice of the application's own may show what no named authority has issued. */
    @ParameterizedTest
    @MethodSource("attempts")
    void oneThatIsShownAllTheSameIsFinal(Attempts.Kind kind, String protocol) throws Exception {
        List<KeyManager> stubborn = List.of(new Stubborn(ofAnother.get(0)));
        for (Afterwards cut : List.of(Afterwards.END, Afterwards.RESET)) {
            try (AskingServer server =
                    new AskingServer(
                            identity, new Lenient(authority), protocol, Ask.OPTIONAL, cut)) {
                assertDemanded(attempt(kind, server, stubborn), server.port());
            }
        }
    }

    /** Only an alert tells: the client's certificate might be one that the server accepts. */
    @ParameterizedTest
    @MethodSource("attempts")
    void anAlertIsFinal(Attempts.Kind kind, String protocol) throws Exception {
        try (AskingServer server =
                new AskingServer(identity, new Nobody(), protocol, Ask.DEMANDED, Afterwards.END)) {
            assertDemanded(attempt(kind, server, ofAnother), server.port());
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void aCutIsFinalAfterTheServerAskedInVain(Attempts.Kind kind, String protocol)
            throws Exception {
        for (Afterwards cut : List.of(Afterwards.END, Afterwards.RESET)) {
            try (AskingServer server = server(protocol, Ask.OPTIONAL, cut)) {
                assertDemanded(attempt(kind, server, List.of()), server.port());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void anyOtherCutIsNotFinal(Attempts.Kind kind, String protocol) throws Exception {
        for (Afterwards cut : List.of(Afterwards.END, Afterwards.RESET)) {
            try (AskingServer silent = server(protocol, Ask.NOTHING, cut);
                    AskingServer content = server(protocol, Ask.DEMANDED, cut)) {
                assertRetryable(attempt(kind, silent, List.of()));
                assertRetryable(attempt(kind, content, accepted));
            }
        }
    }

    /** It has begun to talk, so it does not insist. */
    @ParameterizedTest
    @MethodSource("attempts")
    void aCutAfterTheFirstWordIsNotFinal(Attempts.Kind kind, String protocol) throws Exception {
        byte[] word =
                kind.isGrpc()
                        ? new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0} // SETTINGS
                        : "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1);
        try (AskingServer server = server(protocol, Ask.OPTIONAL, new Afterwards(word, false))) {
            Fault fault = attempt(kind, server, List.of());
            assertThat(fault.toString()).doesNotContain(DEMANDED);
            assertThat(fault.isRetryable()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void aServerThatDoesNotInsistIsHeard(Attempts.Kind kind, String protocol) throws Exception {
        if (kind.isGrpc()) {
            Server server = grpcServer(protocol);
            try (Attempts attempts = attempts(kind, server.getPort(), List.of())) {
                assertThat(attempts.next().text()).contains("the server does not offer the ");
            } finally {
                server.shutdownNow().awaitTermination();
            }
            return;
        }
        byte[] answer =
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (AskingServer server = server(protocol, Ask.OPTIONAL, new Afterwards(answer, false))) {
            assertThat(attempt(kind, server, List.of()).text()).contains("HTTP status 404");
        }
    }

    /** One that offers nothing. */
    private static Server grpcServer(String protocol) throws Exception {
        SslContextBuilder tls =
                SslContextBuilder.forServer(identity)
                        .trustManager(authority)
                        .clientAuth(ClientAuth.OPTIONAL)
                        .protocols(protocol);
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(GrpcSslContexts.configure(tls).build())
                .build()
                .start();
    }

    /** What was asked in vain once says nothing of an attempt that reaches nobody. */
    @ParameterizedTest
    @MethodSource("attemptsOfTheirOwn")
    void aPortThatIsClosedIsNotFinal(Attempts.Kind kind, String protocol) throws Exception {
        AskingServer server = server(protocol, Ask.DEMANDED, Afterwards.END);
        try (Attempts attempts = attempts(kind, server.port(), List.of())) {
            assertDemanded(attempts.next(), server.port());
            server.close();
            assertRetryable(attempts.next());
        }
    }

    /** Shows its certificate whatever the server has asked for. */
    private static final class Stubborn extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager own;

        Stubborn(KeyManager own) {
            this.own = (X509ExtendedKeyManager) own;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal[] authorities, SSLEngine engine) {
            return own.chooseEngineClientAlias(types, null, engine);
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] authorities, Socket socket) {
            return own.chooseClientAlias(types, null, socket);
        }

        @Override
        public String[] getClientAliases(String type, Principal[] authorities) {
            return own.getClientAliases(type, null);
        }

        @Override
        public String[] getServerAliases(String type, Principal[] authorities) {
            return own.getServerAliases(type, null);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] authorities, Socket socket) {
            return own.chooseServerAlias(type, null, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.getPrivateKey(alias);
        }
    }

    /** Names authorities, and accepts everybody. */
    private static class Lenient extends X509ExtendedTrustManager {
        private final X509Certificate[] named;

        Lenient(X509ExtendedTrustManager named) {
            this.named = named.getAcceptedIssuers();
        }

        private Lenient() {
            named = new X509Certificate[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return named;
        }
    }

    /** Names no authority, and accepts nobody. */
    private static final class Nobody extends Lenient {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("nobody is accepted");
        }
    }
}
