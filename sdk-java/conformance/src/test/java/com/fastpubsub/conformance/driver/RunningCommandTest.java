package com.fastpubsub.conformance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.conformance.v1.Result;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What giving up a command does to the call that it waits for. */
class RunningCommandTest {
    private final RunningCommand running = new RunningCommand();

    @Test
    void theCallThatItWaitsForIsCancelled() {
        CompletableFuture<String> before = running.waitsFor(new CompletableFuture<>());
        CompletableFuture<String> call = running.waitsFor(new CompletableFuture<>());
        running.giveUp();
        assertThat(before).isNotDone();
        assertThat(call).isCancelled();
    }

    @Test
    void aCallThatBeginsLaterIsCancelledAtOnce() {
        running.giveUp();
        assertThat(running.waitsFor(new CompletableFuture<>())).isCancelled();
    }

    @Test
    void whatHasComeBeforeStays() {
        CompletableFuture<String> call =
                running.waitsFor(CompletableFuture.completedFuture("done"));
        running.giveUp();
        assertThat(call).isCompletedWithValue("done");
    }

    @Test
    void aCancelledCallIsNoErrorOfTheLibrary() {
        Throwable cancelled = new CompletionException(new CancellationException());
        assertThat(Outcome.failure(cancelled).getOutcomeCase())
                .isEqualTo(Result.OutcomeCase.CANCELED);
        assertThat(Outcome.failure(new IllegalStateException()).getOutcomeCase())
                .isEqualTo(Result.OutcomeCase.FAULT);
    }
}
