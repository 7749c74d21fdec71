package com.fastpubsub.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.FaultException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SDK-1: addresses. */
class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "ws://host,                WEBSOCKET, false, host, 80, /",
        "wss://host/ws,            WEBSOCKET, true, host, 443, /ws",
        "WS://host:8080/a?b=c,     WEBSOCKET, false, host, 8080, /a?b=c",
        "grpc://host,              GRPC, false, host, 9090, /",
        "grpcs://host:1/,          GRPC, true, host, 1, /",
        "ws://[::1]:8080/ws,       WEBSOCKET, false, ::1, 8080, /ws",
    })
    void theSchemeChoosesTheTransport(
            String address,
            Endpoint.Kind kind,
            boolean secure,
            String host,
            int port,
            String path) {
        assertThat(Endpoint.ofSession(address))
                .isEqualTo(new Endpoint(kind, secure, host, port, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:8080",
                "http://host",
                "ftp://host",
                "ws:///ws",
                "ws://",
                "ws://host:x/",
                "ws://host:70000/",
                "ws://host:99999",
                "grpc://host:0",
                "ws://host:-1/",
                "ws://host:99999999999/",
                "ws://host/#fragment",
                "grpc://host/path",
                "grpc://host?query",
                "ws://under_score@host",
                "not an address"
            })
    void aWrongAddressIsRefused(String address) {
        assertThatThrownBy(() -> Endpoint.ofSession(address))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> {
                            assertThat(refused.fault().reason()).isEqualTo(Reason.REQUEST_INVALID);
                            assertThat(refused.fault().text())
                                    .contains("for example ws://127.0.0.1:8080/ws");
                        });
    }

    @Test
    void aSecretInAnAddressIsNotRepeated() { // SDK-19
        assertThatThrownBy(() -> Endpoint.ofSession("ws://user:AT_a_b@host/"))
                .hasMessageNotContaining("AT_a_b")
                .hasMessageContaining("user or a password");
        assertThatThrownBy(() -> Endpoint.ofSession("ws://AT_a_b host/"))
                .hasMessageNotContaining("AT_a_b");
    }

    @Test
    void tokenServicesHaveAddressesOfTheirOwn() {
        assertThat(Endpoint.ofTokenService("https://host/base").uri("http"))
                .hasToString("https://host:443/base");
        assertThat(Endpoint.ofTokenService("grpc://[::1]").authority()).isEqualTo("[::1]:9090");
        assertThatThrownBy(() -> Endpoint.ofTokenService("ws://host"))
                .hasMessageContaining("must start with http://");
    }
}
