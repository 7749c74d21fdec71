package com.fastpubsub.bench;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.PublishOptions;
import com.fastpubsub.Subscription;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures this library against a server that runs already: {@code Bench ADDRESS TOKEN}, where the
 * token allows every channel of tenant my-tenant. Prints one line a figure. bench.sh runs it.
 */
public final class Bench {
    private static final String TENANT = "my-tenant";
    private static final int PAYLOAD = 128;
    private static final int WINDOW = 20_000; // messages that are under way at a time
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PublishOptions UNACKNOWLEDGED =
            PublishOptions.DEFAULT.withoutAcknowledgement();

    private final URI address;
    private final String token;

    private Bench(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Bench bench = new Bench(URI.create(arguments[0]), arguments[1]);
        bench.startToFirstMessage();
        bench.receive();
        bench.publishAcknowledged();
        bench.latency();
        bench.memory();
    }

    private FastPubSubClient connect() {
        return FastPubSub.connect(address, ClientOptions.withToken(token).build());
    }

    private void print(String figure, String format, Object... values) {
        System.out.printf("%-6s %-42s %s%n", address.getScheme(), figure, format.formatted(values));
    }

    private void startToFirstMessage() {
        long start = System.nanoTime();
        try (var client = connect();
                var subscription = client.subscribe(TENANT, "first").join()) {
            client.publish(TENANT, "first", new byte[PAYLOAD]).join();
            subscription.next(PATIENCE).orElseThrow();
            print("start to first message", "%d ms", millisSince(start));
        }
    }

    private static long millisSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** One fast writer, one listener, each with a connection. */
    private void receive() throws InterruptedException {
        try (var writer = connect();
                var reader = connect();
                var subscription = reader.subscribe(TENANT, "rate").join()) {
            receive(writer, subscription, 1_000_000);
            int count = 3_000_000;
            long start = System.nanoTime();
            long lost = receive(writer, subscription, count);
            double seconds = (System.nanoTime() - start) / 1e9;
            print("received, 128 bytes", "%,.0f/s (%d lost)", count / seconds, lost);
        }
    }

    private static long receive(FastPubSubClient writer, Subscription subscription, int count)
            throws InterruptedException {
        Semaphore window = new Semaphore(WINDOW);
        Thread publisher =
                new Thread(
                        () -> {
                            byte[] payload = new byte[PAYLOAD];
                            for (int i = 0; i < count; i++) {
                                window.acquireUninterruptibly();
                                writer.publish(TENANT, "rate", payload, UNACKNOWLEDGED);
                            }
                        });
        publisher.start();
        long lost = 0;
        for (int seen = 0; seen < count; ) {
            Event event = subscription.next(PATIENCE).orElseThrow();
            int messages = event instanceof Lagged lagged ? (int) lagged.messages() : 1;
            lost += event instanceof Lagged ? messages : 0;
            seen += messages;
            window.release(messages);
        }
        publisher.join();
        return lost;
    }

    private void publishAcknowledged() {
        try (var client = connect()) {
            publishAcknowledged(client, 500_000);
            int count = 1_000_000;
            long start = System.nanoTime();
            publishAcknowledged(client, count);
            print(
                    "acknowledged publishes, pipelined",
                    "%,.0f/s",
                    count / ((System.nanoTime() - start) / 1e9));
        }
    }

    private static void publishAcknowledged(FastPubSubClient client, int count) {
        byte[] payload = new byte[PAYLOAD];
        List<CompletableFuture<Void>> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(client.publish(TENANT, "nobody", payload));
            if (batch.size() == WINDOW) {
                batch.forEach(CompletableFuture::join);
                batch.clear();
            }
        }
        batch.forEach(CompletableFuture::join);
    }

    /** 1,000 messages a second, from one connection to another on this machine. */
    private void latency() throws InterruptedException {
        try (var writer = connect();
                var reader = connect();
                var subscription = reader.subscribe(TENANT, "latency").join()) {
            latency(writer, subscription, 5_000);
            long[] nanos = latency(writer, subscription, 10_000);
            Arrays.sort(nanos);
            print(
                    "one-way latency at 1,000/s",
                    "p50 %.0f µs, p99 %.0f µs",
                    nanos[nanos.length / 2] / 1e3,
                    nanos[nanos.length * 99 / 100] / 1e3);
        }
    }

    private static long[] latency(FastPubSubClient writer, Subscription subscription, int count)
            throws InterruptedException {
        Thread publisher =
                new Thread(
                        () -> {
                            long next = System.nanoTime();
                            for (int i = 0; i < count; i++) {
                                next += TimeUnit.MILLISECONDS.toNanos(1);
                                LockSupport.parkNanos(next - System.nanoTime());
                                byte[] payload = new byte[PAYLOAD];
                                ByteBuffer.wrap(payload).putLong(System.nanoTime());
                                writer.publish(TENANT, "latency", payload, UNACKNOWLEDGED);
                            }
                        });
        publisher.start();
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            Message message = (Message) subscription.next(PATIENCE).orElseThrow();
            nanos[i] = System.nanoTime() - message.payload().getLong();
        }
        publisher.join();
        return nanos;
    }

    private void memory() {
        try (var client = connect()) {
            client.subscribe(TENANT, "warm").join();
            long before = used();
            List<Subscription> kept = new ArrayList<>();
            for (int i = 0; i < 900; i++) {
                kept.add(client.subscribe(TENANT, "memory." + i).join());
            }
            print("memory of 1,000 subscriptions", "%d KiB", (used() - before) / 1024 * 10 / 9);
            kept.forEach(Subscription::close);
        }
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
