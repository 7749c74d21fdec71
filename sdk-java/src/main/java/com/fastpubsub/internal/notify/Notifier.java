package com.fastpubsub.internal.notify;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the application's handlers, one after the other and in order, without letting them hold up
 * the connection. It occupies the executor only while there is something to call.
 */
public final class Notifier {
    /** How many calls may wait for a handler that takes its time. */
    static final int PENDING_LIMIT = 1024;

    private final Executor executor;
    private final Thread.UncaughtExceptionHandler thrown;
    private final Queue<Runnable> pending = new ArrayDeque<>();
    private boolean running;

    /** Makes a notifier; what a handler throws goes to the second argument. */
    public Notifier(Executor executor, Thread.UncaughtExceptionHandler thrown) {
        this.executor = executor;
        this.thrown = thrown;
    }

    /**
     * Makes a call soon, after everything that was given before. When very many calls are waiting
     * it is dropped, and the answer is false.
     */
    public boolean call(Runnable handler) {
        synchronized (pending) {
            if (pending.size() >= PENDING_LIMIT) {
                return false;
            }
            pending.add(handler);
            if (running) {
                return true;
            }
            running = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException ended) {
            return false;
        }
        return true;
    }

    private void run() {
        for (Runnable handler = next(); handler != null; handler = next()) {
            try {
                handler.run();
            } catch (RuntimeException | Error failure) {
                thrown.uncaughtException(Thread.currentThread(), failure);
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (pending) {
            Runnable handler = pending.poll();
            running = handler != null;
            return handler;
        }
    }
}
