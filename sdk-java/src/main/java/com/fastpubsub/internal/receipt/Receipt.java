package com.fastpubsub.internal.receipt;

import com.fastpubsub.internal.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one command. It is completed once, by whoever learns the outcome first. All
 * methods may be called concurrently.
 */
public class Receipt {
    private boolean complete;
    private @Nullable Fault fault;
    private @Nullable Consumer<@Nullable Fault> first;
    private @Nullable List<Consumer<@Nullable Fault>> further;

    /** Makes a receipt that is not complete. */
    public Receipt() {}

    /** Sets the outcome, null for success. Only the first call counts; it gives true. */
    public final boolean complete(@Nullable Fault outcome) {
        Consumer<@Nullable Fault> one;
        List<Consumer<@Nullable Fault>> others;
        synchronized (this) {
            if (complete) {
                return false;
            }
            complete = true;
            fault = outcome;
            one = first;
            others = further;
            first = null;
            further = null;
        }
        if (one != null) {
            one.accept(outcome);
        }
        if (others != null) {
            others.forEach(action -> action.accept(outcome));
        }
        return true;
    }

    /** Whether the receipt is complete. */
    public final synchronized boolean isComplete() {
        return complete;
    }

    /**
     * Calls the action with the outcome: at once when it is known, otherwise on the thread that
     * completes the receipt, possibly with locks held. So it must be short and take no lock.
     */
    public final void whenComplete(Consumer<@Nullable Fault> action) {
        synchronized (this) {
            if (!complete) {
                remember(action);
                return;
            }
        }
        action.accept(fault);
    }

    private void remember(Consumer<@Nullable Fault> action) {
        if (first == null) {
            first = action;
            return;
        }
        if (further == null) {
            further = new ArrayList<>(1);
        }
        further.add(action);
    }
}
