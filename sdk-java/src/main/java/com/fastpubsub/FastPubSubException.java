package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.fault.Retry;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of this library: a refusal by the server, or a failure to talk to it.
 *
 * <p>The message is {@code "REASON: text"}; the text says what is wrong and what to do, for people,
 * and may change. No secret is ever part of it. A {@link java.util.concurrent.CompletableFuture}
 * that fails has it as the cause of its {@link java.util.concurrent.CompletionException} or {@link
 * java.util.concurrent.ExecutionException}.
 */
public final class FastPubSubException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /** Why. */
    private final Reason reason;

    /** Why, as it is written on every wire. */
    private final String reasonName;

    /** Whether to try again. */
    private final boolean retryable;

    FastPubSubException(Fault fault) {
        super(fault.toString(), fault.cause());
        this.reason = fault.reason();
        this.reasonName = fault.reasonName();
        this.retryable = fault.isRetryable();
    }

    private FastPubSubException(FastPubSubException other) {
        super(other.getMessage(), other.getCause());
        this.reason = other.reason;
        this.reasonName = other.reasonName;
        this.retryable = other.retryable;
    }

    private FastPubSubException(String text, @Nullable Throwable cause) {
        super(Reason.TOKEN_SOURCE_FAILED + ": " + text, cause);
        this.reason = Reason.TOKEN_SOURCE_FAILED;
        this.reasonName = reason.name();
        this.retryable = false;
    }

    /**
     * Makes what a {@link TokenSource} throws to say that it will never succeed, so that a client
     * does not ask again.
     *
     * @param text what is wrong, without a secret
     * @param cause what lies underneath, or null
     * @return the exception to throw
     */
    public static FastPubSubException tokenSourceGaveUp(String text, @Nullable Throwable cause) {
        return new FastPubSubException(text, cause);
    }

    /**
     * Says why.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Says why, as it is written on every wire: also when this library does not know the reason.
     *
     * @return the reason's name, such as {@code TOKEN_EXPIRED}
     */
    public String reasonName() {
        return reasonName;
    }

    /**
     * Says whether the same may succeed later without a change on the client's side; for {@link
     * Reason#TOKEN_EXPIRED}: with a fresh token.
     *
     * @return whether to try again
     */
    public boolean retryable() {
        return retryable;
    }

    static @Nullable FastPubSubException orNull(@Nullable Fault fault) {
        return fault == null ? null : new FastPubSubException(fault);
    }

    static FastPubSubException of(FaultException failure) {
        return new FastPubSubException(failure.fault());
    }

    static FastPubSubException invalid(String text) {
        return new FastPubSubException(Fault.of(Reason.REQUEST_INVALID, text));
    }

    /** The same, with the stack of the thread that waited for it. */
    FastPubSubException thrownHere() {
        return new FastPubSubException(this);
    }

    /** The fault that this exception stands for when it comes back in a token source. */
    Fault toFault() {
        return new Fault(
                reason,
                reasonName,
                retryable ? Retry.YES : Retry.NO,
                String.valueOf(getMessage()),
                getCause());
    }
}
