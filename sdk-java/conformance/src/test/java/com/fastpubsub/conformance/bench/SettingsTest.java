package com.fastpubsub.conformance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What the measuring program is told, and its quantiles. */
class SettingsTest {
    private static Settings parse(String... arguments) {
        return Settings.parse(arguments, "AT_1_secret");
    }

    @Test
    void whatIsNotGivenHasADefault() {
        Settings settings =
                parse("--measure", "receive", "--url", "ws://host", "--messages", "5");
        assertThat(settings.messages()).isEqualTo(5);
        assertThat(settings.warmUp()).isEqualTo(100_000);
        assertThat(settings.tenant()).isEqualTo("~");
        assertThat(settings.toString()).doesNotContain("secret"); // SDK-19
    }

    @Test
    void wrongUseIsRefused() {
        assertThatThrownBy(() -> parse("--measure", "speed", "--url", "ws://host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("receive, publish");
        assertThatThrownBy(() -> parse("--fast", "1")).hasMessageContaining("no flag --fast");
        assertThatThrownBy(() -> parse("--measure")).hasMessageContaining("no value");
        assertThatThrownBy(
                        () -> parse("--measure", "start", "--url", "ws://host", "--rate", "many"))
                .hasMessageContaining("--rate is a number");
        assertThatThrownBy(() -> parse("--measure", "start", "--url", "ws://host", "--rate", "0"))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Settings.parse(new String[] {"--measure", "start"}, null))
                .hasMessageContaining("FASTPUBSUB_TOKEN");
    }

    @Test
    void quantilesAreExact() {
        long[] sorted = {1, 2, 3, 4};
        assertThat(Latency.quantile(sorted, 50)).isEqualTo(2);
        assertThat(Latency.quantile(sorted, 99)).isEqualTo(4);
        assertThat(Latency.quantile(new long[] {9}, 50)).isEqualTo(9);
    }
}
