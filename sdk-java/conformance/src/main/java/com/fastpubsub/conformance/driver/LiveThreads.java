package com.fastpubsub.conformance.driver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The library's threads that run. Each thread of a client has a name that starts with {@code
 * fastpubsub-}; that of the platform's HTTP client, which the token client uses, with {@code
 * HttpClient-}. What gRPC and Netty share in a process is not a client's.
 */
final class LiveThreads {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 2;

    private LiveThreads() {}

    /** Those that are left when they have had their time to end. */
    static List<Thread> left() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<Thread> left = now();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            left.get(0).join(LOOK_MILLIS);
            left = now();
        }
        return left;
    }

    private static List<Thread> now() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> isOfLibrary(thread.getName()))
                .sorted(Comparator.comparing(Thread::getName))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    static boolean isOfLibrary(String name) {
        return name.startsWith("fastpubsub-") || name.startsWith("HttpClient-");
    }

    /** Names and stacks, for people. */
    static String describe(List<Thread> threads) {
        return threads.stream()
                .map(
                        thread ->
                                thread.getName()
                                        + Stream.of(thread.getStackTrace())
                                                .map(at -> "\n\tat " + at)
                                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n\n"));
    }
}
