package com.fastpubsub.internal.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Event;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** SDK-11: bounded, never blocking, and loss is told. */
class InboxTest {
    private static final Fault CAUSE = Fault.of(Reason.SUBSCRIBE_DENIED, "ended");

    private static Message message(int number, int size) {
        return new Message("t", "c", 7, number, 0, new byte[size]);
    }

    private static String show(Event event) {
        if (event == null) {
            return "-";
        }
        return event instanceof Message message
                ? Long.toString(message.id().sequence())
                : ((Lagged) event).missed() + (((Lagged) event).atServer() ? " missed" : " lost");
    }

    private static List<String> drain(Inbox inbox) {
        List<String> all = new ArrayList<>();
        for (Event event = inbox.poll(); event != null; event = inbox.poll()) {
            all.add(show(event));
        }
        return all;
    }

    @Test
    void messagesComeInOrder() {
        Inbox inbox = new Inbox(new InboxLimits(100, 1000));
        for (int i = 1; i <= 50; i++) {
            inbox.push(message(i, 1));
        }
        assertThat(drain(inbox)).hasSize(50).startsWith("1", "2").endsWith("49", "50");
        assertThat(inbox.isOver()).isFalse();
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        for (int i = 1; i <= 10; i++) {
            inbox.push(message(i, 1));
        }
        assertThat(drain(inbox)).containsExactly("7 lost", "8", "9", "10");
    }

    @Test
    void theOldestGoWhenTheyAreTooLong() {
        Inbox inbox = new Inbox(new InboxLimits(100, 10));
        inbox.push(message(1, 6));
        inbox.push(message(2, 6));
        assertThat(drain(inbox)).containsExactly("1 lost", "2");
        inbox.push(message(3, 1000));
        assertThat(drain(inbox)).as("one always has room").containsExactly("3");
    }

    @Test
    void whatTheServerDroppedStandsInItsPlace() {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        inbox.push(message(1, 1));
        inbox.pushLost(5);
        inbox.push(message(2, 1));
        assertThat(drain(inbox)).containsExactly("1", "5 missed", "2");
    }

    @Test
    void bothKindsOfLossAreKeptApart() {
        Inbox inbox = new Inbox(new InboxLimits(2, 1000));
        inbox.push(message(1, 1));
        inbox.pushLost(5);
        inbox.push(message(2, 1));
        inbox.push(message(3, 1));
        assertThat(drain(inbox)).containsExactly("1 lost", "5 missed", "2", "3");
    }

    @Test
    void afterAnEndWhatIsThereCanBeRead() {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        inbox.push(message(1, 1));
        inbox.end(CAUSE);
        inbox.push(message(2, 1));
        assertThat(inbox.isOver()).isFalse();
        assertThat(drain(inbox)).containsExactly("1");
        assertThat(inbox.isOver()).isTrue();
        inbox.end(Fault.of(Reason.CLOSED, "later"));
        assertThat(inbox.cause()).isEqualTo(CAUSE);
    }

    @Test
    void closingDropsWhatIsThere() {
        Inbox inbox = new Inbox(new InboxLimits(1, 1000));
        inbox.push(message(1, 1));
        inbox.push(message(2, 1));
        inbox.close();
        assertThat(inbox.isOver()).isTrue();
        assertThat(inbox.cause()).isNull();
        assertThat(drain(inbox)).isEmpty();
    }

    @Test
    void aWaitingReaderIsWoken() throws InterruptedException {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        AtomicReference<String> read = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread reader =
                new Thread(
                        () -> {
                            started.countDown();
                            try {
                                read.set(show(inbox.await(-1)));
                            } catch (InterruptedException unexpected) {
                                read.set("interrupted");
                            }
                        });
        reader.start();
        started.await();
        inbox.push(message(1, 1));
        reader.join();
        assertThat(read).hasValue("1");
    }

    @Test
    void theEndWakesEveryReader() throws InterruptedException {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread reader =
                    new Thread(
                            () -> {
                                try {
                                    inbox.await(-1);
                                } catch (InterruptedException unexpected) {
                                    throw new AssertionError(unexpected);
                                }
                            });
            reader.start();
            readers.add(reader);
        }
        inbox.end(CAUSE);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(inbox.isOver()).isTrue();
    }

    @Test
    void waitingIsBounded() throws InterruptedException {
        assertThat(new Inbox(new InboxLimits(1, 1)).await(1000)).isNull();
        assertThat(new Inbox(new InboxLimits(1, 1)).await(0)).isNull();
    }

    @Test
    void aListenerIsCalledForEverything() {
        Inbox inbox = new Inbox(new InboxLimits(3, 1000));
        int[] calls = {0};
        inbox.listen(() -> calls[0]++);
        inbox.push(message(1, 1));
        inbox.pushLost(1);
        inbox.endQuietly();
        assertThat(calls[0]).isEqualTo(4);
    }

    @Test
    void nothingIsLostUntold() {
        Random random = new Random(2);
        Inbox inbox = new Inbox(new InboxLimits(16, 200));
        long pushed = 0;
        long read = 0;
        long last = -1;
        for (int step = 0; step < 100_000; step++) {
            if (random.nextInt(3) > 0) {
                inbox.push(message((int) pushed++, random.nextInt(40)));
                continue;
            }
            Event event = inbox.poll();
            if (event instanceof Message message) {
                assertThat(message.id().sequence()).isEqualTo(read).isGreaterThan(last);
                last = message.id().sequence();
                read++;
            } else if (event instanceof Lagged lagged) {
                read += lagged.missed();
            }
        }
        for (Event event = inbox.poll(); event != null; event = inbox.poll()) {
            read += event instanceof Lagged lagged ? lagged.missed() : 1;
        }
        assertThat(read).isEqualTo(pushed);
    }
}
