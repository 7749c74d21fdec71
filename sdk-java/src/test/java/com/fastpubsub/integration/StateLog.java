package com.fastpubsub.integration;

import com.fastpubsub.ClientState;
import com.fastpubsub.ClientStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Remembers the states of a client, and waits for one. */
final class StateLog implements Consumer<ClientStatus> {
    private static final long PATIENCE_SECONDS = 60;

    private final List<ClientStatus> seen = new ArrayList<>();

    @Override
    public synchronized void accept(ClientStatus status) {
        seen.add(status);
        notifyAll();
    }

    synchronized List<ClientState> states() {
        return seen.stream().map(ClientStatus::state).toList();
    }

    /** Waits until the client has been in that state so often, and gives the last time. */
    synchronized ClientStatus await(ClientState state, int times) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            List<ClientStatus> matching =
                    seen.stream().filter(status -> status.state() == state).toList();
            if (matching.size() >= times) {
                return matching.get(times - 1);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("waited for " + state + " and saw " + seen);
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }
}
