package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.FastPubSub;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-14: the platform's proxy is used, and the server's name is left to it. */
class ProxyTest {
    @ParameterizedTest
    @EnumSource
    void aClientReachesItsServerThroughTheProxy(Transport transport) {
        try (TestServer server = TestServer.start();
                ConnectProxy proxy = new ConnectProxy(transport.port(server))) {
            String token = server.issue(Duration.ofHours(1)).token();
            URI address =
                    URI.create(
                            transport == Transport.GRPC
                                    ? "grpc://" + ConnectProxy.HOST + ":7777"
                                    : "ws://" + ConnectProxy.HOST + ":7777/ws");
            try (var client = FastPubSub.connect(address, token);
                    var subscription = client.subscribe("t", "far").join()) {
                client.publish("t", "far", bytes("hello")).join();
                assertThat(message(subscription).payloadText()).isEqualTo("hello");
            }
            assertThat(proxy.requests())
                    .isNotEmpty()
                    .containsOnly("CONNECT " + ConnectProxy.HOST + ":7777 HTTP/1.1");
        }
    }
}
