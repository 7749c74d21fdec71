package com.fastpubsub.internal.supervisor;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.receipt.Timeouts;
import com.fastpubsub.internal.registry.Member;
import org.jspecify.annotations.Nullable;

/** One local subscription. All methods may be called concurrently. */
public final class LocalSubscription {
    private final Supervisor supervisor;
    private final Member member;
    private final Inbox inbox;

    LocalSubscription(Supervisor supervisor, Member member, Inbox inbox) {
        this.supervisor = supervisor;
        this.member = member;
        this.inbox = inbox;
    }

    /** The tenant. */
    public String tenant() {
        return member.route().tenant();
    }

    /** The pattern. */
    public String pattern() {
        return member.route().pattern();
    }

    /** Where its messages come. */
    public Inbox inbox() {
        return inbox;
    }

    /** Completes when the server has acknowledged the pattern, or refused it. */
    public Receipt ready(long timeoutNanos) {
        return Timeouts.limit(
                member.ready(),
                supervisor.scheduler(),
                timeoutNanos,
                "the subscription was not acknowledged in time");
    }

    void sync(@Nullable Receipt receipt) {
        supervisor.outbox().sync(member.route(), receipt);
    }

    /**
     * Ends the subscription at once: what is buffered is gone. The server is told in the
     * background.
     */
    public void close() {
        inbox.close();
        if (supervisor.registry().leave(member)) {
            sync(null);
        }
    }

    /**
     * Ends the subscription in order: completes when the server has acknowledged that nothing more
     * will come. What has come until then can still be read.
     */
    public Receipt unsubscribe(long timeoutNanos) {
        Receipt told = new Receipt();
        if (supervisor.registry().depart(member)) {
            sync(told);
        } else {
            told.complete(null);
        }
        Receipt ended = new Receipt();
        Timeouts.limit(
                        told,
                        supervisor.scheduler(),
                        timeoutNanos,
                        "the end of the subscription was not acknowledged in time")
                .whenComplete(outcome -> end(ended, outcome));
        return ended;
    }

    /** Ends the subscription on the client's thread, and at once when that has ended. */
    private void end(Receipt ended, @Nullable Fault outcome) {
        Runnable end =
                () -> {
                    supervisor.registry().leave(member);
                    inbox.endQuietly();
                    ended.complete(outcome);
                };
        if (!supervisor.scheduler().execute(end)) {
            end.run();
        }
    }
}
