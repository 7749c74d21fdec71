package com.fastpubsub.internal.fake;

import com.fastpubsub.internal.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/**
 * Time that stands still until a test moves it. Tasks run on the thread of the test, inside {@link
 * #run} and {@link #advance}.
 */
public final class FakeScheduler implements Scheduler {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Task(long at, long number, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long now;
    private long lastNumber;

    @Override
    public synchronized boolean execute(Runnable task) {
        add(0, task);
        return true;
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable task) {
        Task added = add(Math.max(0, delayNanos), task);
        return () -> remove(added);
    }

    private Task add(long delay, Runnable action) {
        Task task = new Task(now + delay, ++lastNumber, action);
        tasks.add(task);
        return task;
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        return START.plusNanos(now);
    }

    /** Runs everything that is due, and what becomes due by that. */
    public void run() {
        advance(Duration.ZERO);
    }

    /** Moves time, from task to task. */
    public void advance(Duration duration) {
        long until = nanoTime() + duration.toNanos();
        for (Task task = next(until); task != null; task = next(until)) {
            task.action.run();
        }
        synchronized (this) {
            now = until;
        }
    }

    private synchronized Task next(long until) {
        Task task = tasks.peek();
        if (task == null || task.at > until) {
            return null;
        }
        now = Math.max(now, task.at);
        return tasks.poll();
    }

    /** How many tasks wait for their time: what an end must not leave behind. */
    public synchronized int waiting() {
        return tasks.size();
    }
}
