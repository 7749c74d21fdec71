package com.fastpubsub.internal.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.fault.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptTest {
    private static final Fault REFUSAL = Fault.of(Reason.PUBLISH_DENIED, "no");

    private final List<String> seen = new ArrayList<>();

    @Test
    void theFirstOutcomeCounts() {
        Receipt receipt = new Receipt();
        receipt.whenComplete(outcome -> seen.add("1 " + outcome));
        receipt.whenComplete(outcome -> seen.add("2 " + outcome));
        receipt.whenComplete(outcome -> seen.add("3 " + outcome));
        assertThat(receipt.isComplete()).isFalse();
        assertThat(receipt.complete(REFUSAL)).isTrue();
        assertThat(receipt.complete(null)).isFalse();
        receipt.whenComplete(outcome -> seen.add("4 " + outcome));
        assertThat(seen)
                .containsExactly(
                        "1 PUBLISH_DENIED: no",
                        "2 PUBLISH_DENIED: no",
                        "3 PUBLISH_DENIED: no",
                        "4 PUBLISH_DENIED: no");
    }

    @Test
    void waitingIsBounded() {
        FakeScheduler scheduler = new FakeScheduler();
        Receipt receipt = new Receipt();
        Timeouts.limit(receipt, scheduler, Duration.ofSeconds(5).toNanos(), "not in time")
                .whenComplete(outcome -> seen.add(String.valueOf(outcome)));
        scheduler.advance(Duration.ofMillis(4999));
        assertThat(seen).isEmpty();
        scheduler.advance(Duration.ofMillis(1));
        receipt.complete(null);
        assertThat(seen).containsExactly("TIMED_OUT: not in time");
    }

    @Test
    void anAnswerInTimeStopsTheClock() {
        FakeScheduler scheduler = new FakeScheduler();
        Receipt receipt = new Receipt();
        Receipt limited = Timeouts.limit(receipt, scheduler, 1, "not in time");
        receipt.complete(null);
        assertThat(limited.isComplete()).isTrue();
        assertThat(scheduler.waiting()).isZero();
    }
}
