package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Receipt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns outcomes into futures. They are completed on the executor for the application, each by a
 * task of its own, so that a stage that blocks holds up neither the connection nor another stage.
 */
final class Completions {
    private final Executor executor;

    Completions(Executor executor) {
        this.executor = executor;
    }

    <T extends @Nullable Object> CompletableFuture<T> future(Receipt receipt, Supplier<T> result) {
        CompletableFuture<T> future = new CompletableFuture<>();
        receipt.whenComplete(outcome -> run(() -> complete(future, outcome, result)));
        return future;
    }

    private static <T extends @Nullable Object> void complete(
            CompletableFuture<T> future, @Nullable Fault outcome, Supplier<T> result) {
        if (outcome != null) {
            future.completeExceptionally(new FastPubSubException(outcome));
            return;
        }
        T value;
        try {
            value = result.get();
        } catch (RuntimeException unusable) {
            future.completeExceptionally(
                    new FastPubSubException(
                            Fault.of(
                                    Reason.INTERNAL,
                                    "the server's answer cannot be used",
                                    unusable)));
            return;
        }
        future.complete(value);
    }

    private void run(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException ended) {
            completion.run(); // rather on a wrong thread than never
        }
    }
}
