package com.fastpubsub.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ER-4: refusals of the Connect protocol. */
class ConnectErrorTest {
    // reason TTL_INVALID (1), domain fastpubsub.v1 (2)
    private static final String INFO = "CgtUVExfSU5WQUxJRBINZmFzdHB1YnN1Yi52MQ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'message':'too far','details':[{'type':'google.rpc.ErrorInfo','value':'INFO'}]}"
                        + " | TTL_INVALID: too far",
                "{'reason':'TTL_INVALID','detail':'too far'} | TTL_INVALID: too far",
                "{'message':'m','details':[{'type':'other','value':'INFO'}]}"
                        + " | UNREACHABLE: the call was answered with HTTP status 500",
                "{'message':'m','details':[{'type':'google.rpc.ErrorInfo','value':'%'}]}"
                        + " | UNREACHABLE: the call was answered with HTTP status 500",
                "{'details':7} | UNREACHABLE: the call was answered with HTTP status 500",
                "<html> | UNREACHABLE: the call was answered with HTTP status 500"
            })
    void theReasonIsFoundWhereItIs(String body, String fault) {
        String json = body.replace('\'', '"').replace("INFO", INFO);
        assertThat(ConnectError.faultOf(500, json.getBytes(StandardCharsets.UTF_8)))
                .hasToString(fault);
    }
}
