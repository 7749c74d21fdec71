package com.fastpubsub.conformance.bench;

import com.fastpubsub.FastPubSubClient;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What acknowledged publishing costs. */
final class Publish {
    private final Settings settings;
    private final Semaphore room;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Usage> start = new AtomicReference<>(Usage.now());
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Publish(Settings settings) {
        this.settings = settings;
        this.room = new Semaphore(settings.inFlight());
    }

    static void run(Settings settings) throws InterruptedException {
        new Publish(settings).run();
    }

    private void run() throws InterruptedException {
        try (var client = settings.connect()) {
            long end = (long) settings.warmUp() + settings.messages();
            for (long number = 0; number < end && failure.get() == null; number++) {
                room.acquire();
                publish(client, number);
            }
            room.acquire(settings.inFlight());
            if (failure.get() != null) {
                throw new IllegalStateException(failure.get());
            }
            start.get().print(settings.messages());
        }
    }

    private void publish(FastPubSubClient client, long number) {
        byte[] payload = new byte[settings.payloadBytes()];
        ByteBuffer.wrap(payload).putLong(number);
        client.publish(settings.tenant(), settings.channel(), payload)
                .whenComplete(
                        (done, refusal) -> {
                            if (refusal != null) {
                                failure.set(refusal);
                            }
                            if (acknowledged.incrementAndGet() == settings.warmUp()) {
                                start.set(Usage.now());
                            }
                            room.release();
                        });
    }
}
