package com.fastpubsub.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.vectors.Vectors;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** SDK-7: exponential back-off with full jitter. */
class BackoffTest {
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(100).toNanos(), Duration.ofSeconds(30).toNanos());

    private long ceilingMillis(int failures) {
        return Duration.ofNanos(backoff.ceiling(failures)).toMillis();
    }

    @Test
    void theCeilingDoublesUpToTheLongestWait() {
        assertThat(LongStream.rangeClosed(1, 11).map(n -> ceilingMillis((int) n)))
                .containsExactly(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 30000L,
                        30000L);
        assertThat(ceilingMillis(Integer.MAX_VALUE)).isEqualTo(30000);
    }

    @Test
    void waitsAreSpreadFromZeroToTheCeiling() {
        long ceiling = backoff.ceiling(1);
        long[] waits =
                LongStream.range(0, 1000)
                        .map(
                                i -> {
                                    backoff.reset();
                                    return backoff.next();
                                })
                        .toArray();
        assertThat(LongStream.of(waits)).allMatch(wait -> wait >= 0 && wait <= ceiling);
        assertThat(LongStream.of(waits).min().getAsLong()).isLessThan(ceiling / 10);
        assertThat(LongStream.of(waits).max().getAsLong()).isGreaterThan(ceiling * 9 / 10);
    }

    @Test
    void aResetForgetsTheFailures() {
        backoff.next();
        backoff.next();
        assertThat(backoff.failures()).isEqualTo(2);
        backoff.reset();
        assertThat(backoff.failures()).isZero();
        assertThat(backoff.next()).isLessThanOrEqualTo(backoff.ceiling(1));
    }

    @TestFactory
    Stream<DynamicTest> vectors() {
        return Vectors.cases(
                        "backoff.json",
                        "min_ms",
                        "max_ms",
                        "failures",
                        "fraction",
                        "ceiling_ms",
                        "wait_ms")
                .map(
                        one ->
                                DynamicTest.dynamicTest(
                                        one.get("name").getAsString(), () -> check(one)));
    }

    private static void check(JsonObject one) {
        Backoff backoff = new Backoff(nanos(one, "min_ms"), nanos(one, "max_ms"));
        double ceiling = backoff.ceiling(one.get("failures").getAsInt());
        double expected = one.get("ceiling_ms").getAsDouble() * 1e6;
        assertThat(ceiling).isCloseTo(expected, Offset.offset(1e6 + expected / 1e6));
    }

    private static long nanos(JsonObject one, String member) {
        return (long) (one.get(member).getAsDouble() * 1e6);
    }
}
