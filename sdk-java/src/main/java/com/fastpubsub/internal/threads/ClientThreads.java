package com.fastpubsub.internal.threads;

import com.fastpubsub.internal.time.LoopScheduler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one client, all of them daemons: one that decides, those of the transports and the
 * token source, which may block, and those that run what the application has to do when something
 * happens, unless the application brings an executor for that.
 */
public final class ClientThreads implements AutoCloseable {
    /** The beginning of the names of all threads. */
    public static final String NAME_PREFIX = "fastpubsub-";

    private static final AtomicInteger CLIENTS = new AtomicInteger();
    private static final int CALLBACK_THREADS =
            Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name = NAME_PREFIX + CLIENTS.incrementAndGet();
    private final Set<Thread> made = ConcurrentHashMap.newKeySet(); // those that have not ended
    private final LoopScheduler scheduler = new LoopScheduler(factory("loop"));
    private final ExecutorService transport = Executors.newCachedThreadPool(factory("transport"));
    private final @Nullable ForkJoinPool ownCallbacks;
    private final Executor callbacks;

    /**
     * Starts no thread yet.
     *
     * @param callbacks runs what the application has to do; null: threads of the client's own
     */
    public ClientThreads(@Nullable Executor callbacks) {
        ownCallbacks = callbacks == null ? callbackPool() : null;
        this.callbacks = callbacks == null ? ownCallbacks : callbacks;
    }

    /** Runs first in, first out; a thread that waits for a CompletableFuture is made up for. */
    private ForkJoinPool callbackPool() {
        AtomicInteger count = new AtomicInteger();
        return new ForkJoinPool(
                CALLBACK_THREADS,
                pool -> {
                    ForkJoinWorkerThread thread =
                            ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName(name + "-callback-" + count.incrementAndGet());
                    remember(thread);
                    return thread;
                },
                null,
                true);
    }

    /** Makes daemons that are named after the client and their purpose. */
    public ThreadFactory factory(String purpose) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + purpose + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return remember(thread);
        };
    }

    /** Time, and the thread that decides. */
    public LoopScheduler scheduler() {
        return scheduler;
    }

    /** Runs what may block and is not the application's. */
    public Executor transport() {
        return transport;
    }

    /** Runs what the application has to do. */
    public Executor callbacks() {
        return callbacks;
    }

    /** Whether the calling thread is one of this client's. */
    public boolean isOwn(Thread thread) {
        return thread.getName().startsWith(name + "-");
    }

    /**
     * Ends the threads and waits until they have ended, or until what the application does on them
     * takes too long. What is queued for the application is run.
     */
    @Override
    public void close() {
        scheduler.close();
        transport.shutdownNow();
        if (ownCallbacks != null) {
            ownCallbacks.shutdown();
        }
        long deadline = System.nanoTime() + END_NANOS;
        try {
            for (Thread thread : made) {
                if (thread != Thread.currentThread()) {
                    join(thread, deadline);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread, long deadline) throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left > 0) {
            thread.join(left);
        }
    }

    private Thread remember(Thread thread) {
        made.removeIf(other -> other.getState() == Thread.State.TERMINATED);
        made.add(thread);
        return thread;
    }
}
