package com.fastpubsub.internal.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.Failure;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ER-1, SDK-12: one catalogue. */
class CatalogueTest {
    @Test
    void everyReasonOfTheContractIsKnownAndNoOtherIsInvented() {
        Set<String> contract =
                Stream.of(ErrorReason.values())
                        .filter(reason -> reason != ErrorReason.UNRECOGNIZED)
                        .filter(reason -> reason.getNumber() != 0)
                        .map(reason -> Catalogue.nameOf(reason, reason.getNumber()))
                        .collect(Collectors.toSet());
        Set<String> own =
                EnumSet.range(Reason.UNREACHABLE, Reason.UNRECOGNIZED).stream()
                        .map(Reason::name)
                        .collect(Collectors.toSet());
        assertThat(Stream.of(Reason.values()).map(Reason::name))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(contract.stream(), own.stream()).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "TOKEN_INVALID, NO", "TOKEN_EXPIRED, FRESH_TOKEN", "RATE_LIMITED, LATER", "DRAINING, YES",
        "SLOW_CONSUMER, YES", "UNREACHABLE, YES", "BUFFER_FULL, LATER", "CLOSED, NO",
        "UNRECOGNIZED, NO"
    })
    void theCatalogueSaysWhetherToRetry(Reason reason, Retry retry) {
        assertThat(Catalogue.retryOf(reason)).isEqualTo(retry);
        assertThat(Fault.of(reason, "text").isRetryable()).isEqualTo(retry != Retry.NO);
    }

    @Test
    void aReasonOfANewerServerKeepsItsNameAndTheServersWord() {
        Fault later = Fault.fromServer("QUOTA_EXCEEDED", "text", true);
        assertThat(later.reason()).isEqualTo(Reason.UNRECOGNIZED);
        assertThat(later.reasonName()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(later.isRetryable()).isTrue();
        assertThat(Fault.fromServer("QUOTA_EXCEEDED", "text", false).isRetryable()).isFalse();
        assertThat(Fault.fromServer("TOKEN_INVALID", "text", true).isRetryable())
                .as("the catalogue decides what is known")
                .isFalse();
    }

    @Test
    void aNumberThatIsNotKnownIsTheName() {
        Failure failure =
                Failure.newBuilder().setReasonValue(99).setMessage("m").setRetryable(true).build();
        assertThat(Catalogue.faultOf(failure)).hasToString("99: m");
    }

    @Test
    void theTextShowsTheCause() {
        assertThat(Fault.of(Reason.UNREACHABLE, "cannot connect", new IOException("reset")))
                .hasToString("UNREACHABLE: cannot connect: reset");
        assertThat(Fault.of(Reason.UNREACHABLE, "cannot connect", new IOException()))
                .hasToString("UNREACHABLE: cannot connect");
        String nested = "java.io.IOException: sun.nio.ch.OddException: reset";
        assertThat(Fault.of(Reason.UNREACHABLE, "cannot connect", new IOException(nested)))
                .hasToString("UNREACHABLE: cannot connect: reset");
    }
}
