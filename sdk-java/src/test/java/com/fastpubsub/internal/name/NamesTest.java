package com.fastpubsub.internal.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.vectors.Vectors;
import com.google.gson.JsonObject;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** SDK-16: the same names are refused, with the same reasons, as by the server. */
class NamesTest {
    private static final int TENANT_BYTES = 128;
    private static final int CHANNEL_BYTES = 256;

    @TestFactory
    Stream<DynamicTest> tenantsOfTheVectors() {
        return Vectors.cases("tenants.json", "tenant", "normalized", "valid", "reason")
                .map(
                        vector ->
                                test(
                                        vector,
                                        () ->
                                                assertThat(tenant(vector))
                                                        .isEqualTo(
                                                                vector.get("normalized")
                                                                        .getAsString())));
    }

    private static String tenant(JsonObject vector) {
        return Names.tenant(vector.get("tenant").getAsString(), TENANT_BYTES);
    }

    @TestFactory
    Stream<DynamicTest> channelsOfTheVectors() {
        return Vectors.cases("channels.json", "channel", "valid", "reason")
                .map(
                        vector ->
                                test(
                                        vector,
                                        () ->
                                                Names.channel(
                                                        vector.get("channel").getAsString(),
                                                        CHANNEL_BYTES)));
    }

    @TestFactory
    Stream<DynamicTest> patternsOfTheVectors() {
        return Vectors.cases(
                        "patterns.json",
                        "pattern",
                        "valid",
                        "reason",
                        "literal",
                        "matchers",
                        "open")
                .map(
                        vector ->
                                test(
                                        vector,
                                        () ->
                                                Names.pattern(
                                                        vector.get("pattern").getAsString(),
                                                        CHANNEL_BYTES)));
    }

    /** Patterns and channels that match each other are valid, every one. */
    @TestFactory
    Stream<DynamicTest> namesOfTheMatchVectors() {
        return Vectors.cases("match.json", "pattern", "channel", "matches")
                .map(
                        vector ->
                                DynamicTest.dynamicTest(
                                        vector.get("name").getAsString(),
                                        () -> {
                                            Names.pattern(
                                                    vector.get("pattern").getAsString(),
                                                    CHANNEL_BYTES);
                                            Names.channel(
                                                    vector.get("channel").getAsString(),
                                                    CHANNEL_BYTES);
                                        }));
    }

    private static DynamicTest test(JsonObject vector, Runnable check) {
        return DynamicTest.dynamicTest(
                vector.get("name").getAsString(),
                () -> {
                    if (vector.get("valid").getAsBoolean()) {
                        check.run();
                    } else {
                        Reason reason = Reason.valueOf(vector.get("reason").getAsString());
                        assertThatThrownBy(check::run)
                                .isInstanceOfSatisfying(
                                        FaultException.class,
                                        refused ->
                                                assertThat(refused.fault().reason())
                                                        .isEqualTo(reason));
                    }
                });
    }

    @Test
    void theLimitsOfTheServerCount() {
        Names.channel("abcd", 4);
        assertThatThrownBy(() -> Names.channel("abcde", 4))
                .hasMessageContaining("has 5 bytes; at most 4 are accepted");
    }

    @Test
    void aTextThatCannotBeShownIsEscaped() {
        assertThatThrownBy(() -> Names.channel("a\nb", CHANNEL_BYTES))
                .hasMessageContaining("\"a\\u000ab\"");
    }
}
