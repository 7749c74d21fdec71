package com.fastpubsub.internal.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SF-18: what a close code and its text mean. */
class ClosingTest {
    @ParameterizedTest
    @CsvSource({
        "1008, 'TOKEN_EXPIRED: ran out', 'TOKEN_EXPIRED: ran out'",
        "1001, 'DRAINING: moving', 'DRAINING: moving'",
        "1001, '', 'DRAINING: the server closed the connection with code 1001'",
        "1009, 'too big', 'PAYLOAD_TOO_LARGE: the server closed the connection with code 1009 too"
                + " big'",
        "1011, '', 'INTERNAL: the server closed the connection with code 1011'",
        "1013, '', 'OVERLOADED: the server closed the connection with code 1013'",
        "1006, '', 'CONNECTION_LOST: the server closed the connection with code 1006'",
        "1008, 'NOT_KNOWN: x', 'CONNECTION_LOST: the server closed the connection with code 1008"
                + " NOT_KNOWN: x'",
    })
    void theTextNamesTheReasonAndOtherwiseTheCode(int code, String text, String fault) {
        assertThat(Closing.faultOf(code, text)).hasToString(fault);
    }
}
