package com.fastpubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a wait that is interrupted. */
class WaitingTest {
    @AfterEach
    void isNotInterruptedAnyMore() {
        Thread.interrupted();
    }

    @Test
    void anInterruptGivesUpAndCancels() {
        CompletableFuture<String> future = new CompletableFuture<>();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Waiting.join(future)).hasMessageContaining("CANCELED");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(future).isCancelled();
    }

    /** Nobody else would close a client that is connected by then. */
    @Test
    void aResultThatComesTogetherWithAnInterruptIsNotLost() {
        CompletableFuture<String> future =
                new CompletableFuture<>() {
                    @Override
                    public boolean cancel(boolean mayInterrupt) {
                        complete("connected");
                        return super.cancel(mayInterrupt);
                    }
                };
        Thread.currentThread().interrupt();
        assertThat(Waiting.join(future)).isEqualTo("connected");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
}
