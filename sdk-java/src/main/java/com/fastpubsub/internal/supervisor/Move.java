package com.fastpubsub.internal.supervisor;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.session.GoingAway;
import com.fastpubsub.internal.session.Session;
import com.fastpubsub.internal.time.Scheduler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a move: an old session whose successor has taken over is retired.
 *
 * <p>After the overlap everything is unsubscribed on the old session. Its acknowledgements come
 * behind its last delivery: then the new session's deliveries are shown, and the old one closes.
 * Works on the scheduler's thread.
 */
final class Move {
    /**
     * For messages that were published before the new connection was subscribed and that are still
     * on their way between the nodes; meanwhile only the old connection's deliveries are shown.
     */
    private static final long OVERLAP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** For the closing handshake. */
    private static final long PARTING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Scheduler scheduler;
    private final Session old;
    private Scheduler.@Nullable Timer overlap;

    Move(Supervisor supervisor, Session old) {
        this.scheduler = supervisor.scheduler();
        this.old = old;
    }

    boolean isAbout(Session session) {
        return session == old;
    }

    void retire() {
        overlap =
                scheduler.schedule(
                        Math.min(OVERLAP_NANOS, Math.max(0, untilClose() / 4)), this::empty);
    }

    private void empty() {
        old.retire(Math.min(untilClose(), Connecting.FENCE_NANOS), () -> old.close(PARTING_NANOS));
    }

    private long untilClose() {
        GoingAway going = old.going();
        return going == null ? 0 : going.until() - scheduler.nanoTime();
    }

    /** The old session has ended. */
    void over() {
        if (overlap != null) {
            overlap.cancel();
        }
    }

    /** Ends the old session at once. */
    void cut(Fault cause) {
        over();
        old.end(cause);
    }
}
