package com.fastpubsub.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

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
}
