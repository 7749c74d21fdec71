package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for futures of this library. */
final class Waiting {
    private Waiting() {}

    /**
     * The result, or the exception itself. An interrupt gives up and cancels, unless the outcome
     * has come meanwhile.
     */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            if (!future.cancel(true)) {
                return join(future);
            }
            throw interrupted(
                    "the thread was interrupted while it waited for the outcome", interrupted);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof FastPubSubException refusal) {
                throw refusal.thrownHere();
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    static FastPubSubException interrupted(String text, InterruptedException cause) {
        return new FastPubSubException(Fault.of(Reason.CANCELED, text, cause));
    }
}
