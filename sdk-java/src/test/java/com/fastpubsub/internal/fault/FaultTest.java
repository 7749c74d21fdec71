package com.fastpubsub.internal.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FaultTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Connection reset | Connection reset
                    java.net.ConnectException: Connection refused | Connection refused
                    UNAVAILABLE: Connection closing for [NettyClientHandler#0, TailContext#0] | UNAVAILABLE: Connection closing
                    java.io.IOException | ''
                    """)
    void textOfACauseIsForPeople(String said, String shown) {
        Fault fault = Fault.of(Reason.UNREACHABLE, "cannot connect", new IOException(said));
        assertThat(fault)
                .hasToString("UNREACHABLE: cannot connect" + (shown.isEmpty() ? "" : ": " + shown));
    }

    @Test
    void aCauseWithoutTextAddsNothing() {
        Fault fault = Fault.of(Reason.UNREACHABLE, "cannot connect", new IOException());
        assertThat(fault).hasToString("UNREACHABLE: cannot connect");
    }
}
