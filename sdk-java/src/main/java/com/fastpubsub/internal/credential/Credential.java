package com.fastpubsub.internal.credential;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.fault.Retry;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.time.Scheduler;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where access tokens come from (SDK-2). */
public final class Credential {
    /** Gives access tokens. It may block, and it may throw anything. */
    @FunctionalInterface
    public interface Source {
        /** Gives a token that is valid now. */
        @Nullable String token() throws Exception;
    }

    /** The outcome of asking. */
    public sealed interface Answer permits Token, Failed {}

    /**
     * There is a token.
     *
     * @param text the token, behind a wrapper that does not show it
     */
    public record Token(SecretText text) implements Answer {}

    /**
     * There is none.
     *
     * @param cause why
     */
    public record Failed(Fault cause) implements Answer {}

    private final Source source;
    private final boolean renewable;
    private final Executor executor;

    private Credential(Source source, boolean renewable, Executor executor) {
        this.source = source;
        this.renewable = renewable;
        this.executor = executor;
    }

    /** One token for ever. */
    public static Credential fixed(SecretText token) {
        return new Credential(token::reveal, false, Runnable::run);
    }

    /** A source that is asked on the executor. */
    public static Credential from(Source source, Executor executor) {
        return new Credential(source, true, executor);
    }

    /** Whether asking again can give a fresh token. */
    public boolean isRenewable() {
        return renewable;
    }

    /**
     * Asks for a token. A failure is TOKEN_SOURCE_FAILED; it is final when the source threw a
     * refusal that is. A source that takes too long is left alone with its work. The answer comes
     * on the scheduler's thread, once.
     */
    public void ask(Scheduler scheduler, long timeoutNanos, Consumer<Answer> answer) {
        AtomicBoolean answered = new AtomicBoolean();
        Scheduler.Timer timer =
                scheduler.schedule(
                        timeoutNanos,
                        () -> {
                            if (answered.compareAndSet(false, true)) {
                                answer.accept(
                                        failed("the token source gave no token in time", null));
                            }
                        });
        Runnable asking =
                () -> {
                    Answer got = ask();
                    if (answered.compareAndSet(false, true)) {
                        timer.cancel();
                        scheduler.execute(() -> answer.accept(got));
                    }
                };
        try {
            executor.execute(asking);
        } catch (RejectedExecutionException closed) {
            scheduler.execute(
                    () -> answer.accept(failed("the client's threads have ended", closed)));
        }
    }

    private Answer ask() {
        String token;
        try {
            token = source.token();
        } catch (FaultException refusal) {
            Fault cause = refusal.fault();
            Fault failure =
                    Fault.of(
                            Reason.TOKEN_SOURCE_FAILED,
                            "the token source gave no token",
                            refusal.getCause() == null ? refusal : refusal.getCause());
            return new Failed(cause.retry() == Retry.NO ? failure.asFinal() : failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return failed("the token source was interrupted", interrupted);
        } catch (Exception failure) {
            return failed("the token source gave no token", failure);
        }
        Fault wrong = whatIsWrong(token);
        return wrong == null ? new Token(new SecretText(token)) : new Failed(wrong);
    }

    private static Failed failed(String text, @Nullable Throwable cause) {
        return new Failed(Fault.of(Reason.TOKEN_SOURCE_FAILED, text, cause));
    }

    /**
     * Refuses a text that cannot travel in a header. What it is otherwise is the server's business.
     * The text is never shown.
     */
    private static @Nullable Fault whatIsWrong(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return Fault.of(
                    Reason.TOKEN_MISSING,
                    "the access token is empty; give one of the form AT_<id>_<secret>");
        }
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) <= ' ' || token.charAt(i) > '~') {
                return Fault.of(
                        Reason.TOKEN_INVALID,
                        "the access token has a character that is not visible ASCII; is there a"
                                + " line break in it?");
            }
        }
        return null;
    }
}
