package com.fastpubsub.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ER-3: refusals before the upgrade. */
class ProblemTest {
    @Test
    void theBodyNamesTheReason() {
        var fault =
                Problem.faultOfBody(
                        "{\"status\":401,\"detail\":\"ran out\",\"reason\":\"TOKEN_EXPIRED\"}");
        assertThat(fault).hasToString("TOKEN_EXPIRED: ran out");
    }

    @Test
    void aReasonOfANewerServerIsRetriedWhenItSaysSo() {
        var fault = Problem.faultOfBody("{\"reason\":\"NEW_ONE\",\"retryable\":true}");
        assertThat(Objects.requireNonNull(fault).isRetryable()).isTrue();
        assertThat(fault.reasonName()).isEqualTo("NEW_ONE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"reason\":{}}", "{\"reason\":", "null"})
    void anotherBodyNamesNone(String body) {
        assertThat(Problem.faultOfBody(body)).isNull();
    }

    @Test
    void noBodyNamesNone() {
        assertThat(Problem.faultOfBody(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "401, TOKEN_INVALID, false", "429, RATE_LIMITED, true", "404, UNREACHABLE, false",
        "302, UNREACHABLE, false", "408, UNREACHABLE, true", "425, UNREACHABLE, true",
        "500, UNREACHABLE, true", "503, UNREACHABLE, true"
    })
    void withoutAReasonTheStatusCounts(int status, Reason reason, boolean retryable) {
        var fault = Problem.faultOfStatus(status, "the upgrade");
        assertThat(fault.reason()).isEqualTo(reason);
        assertThat(fault.isRetryable()).isEqualTo(retryable);
        assertThat(fault.text()).contains("the upgrade was answered with HTTP status " + status);
    }
}
