package com.fastpubsub.conformance.bench;

import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.PublishOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long messages take that are published on an even schedule and come back. */
final class Latency {
    private static final PublishOptions UNACKNOWLEDGED =
            PublishOptions.DEFAULT.withoutAcknowledgement();

    private Latency() {}

    static void run(Settings settings) {
        try (var client = settings.connect();
                var subscription =
                        client.subscribe(settings.tenant(), settings.channel(), Numbers.BUFFER)
                                .join()) {
            Thread publisher = new Thread(() -> publish(client, settings), "publisher");
            publisher.setDaemon(true);
            publisher.start();
            long[] samples = new long[settings.messages()];
            for (int number = 0; number < settings.warmUp() + samples.length; number++) {
                long sent = Numbers.payload(subscription, number).getLong(Long.BYTES);
                long took = System.nanoTime() - sent;
                if (number >= settings.warmUp()) {
                    samples[number - settings.warmUp()] = took;
                }
            }
            Arrays.sort(samples);
            Output.result(
                    ",\"messages\":%d,\"p50_ns\":%d,\"p99_ns\":%d,\"max_ns\":%d",
                    samples.length,
                    quantile(samples, 50),
                    quantile(samples, 99),
                    samples[samples.length - 1]);
        }
    }

    /** The smallest sample that so many percent do not exceed. */
    static long quantile(long[] sorted, int percent) {
        long rank = ((long) sorted.length * percent + 99) / 100;
        return sorted[(int) Math.max(0, rank - 1)];
    }

    private static void publish(FastPubSubClient client, Settings settings) {
        long began = System.nanoTime();
        long end = (long) settings.warmUp() + settings.messages();
        for (long number = 0; number < end; number++) {
            long due = began + number * TimeUnit.SECONDS.toNanos(1) / settings.rate();
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            byte[] payload = new byte[settings.payloadBytes()];
            ByteBuffer.wrap(payload).putLong(number).putLong(System.nanoTime());
            client.publish(settings.tenant(), settings.channel(), payload, UNACKNOWLEDGED);
        }
    }
}
