package com.fastpubsub.conformance.driver;

import com.fastpubsub.FastPubSubException;
import com.fastpubsub.conformance.v1.Canceled;
import com.fastpubsub.conformance.v1.Result;
import com.fastpubsub.conformance.v1.SdkError;
import com.fastpubsub.conformance.v1.Success;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** What became of a command. */
final class Outcome {
    private static final int MAX_DEPTH = 20;

    /** What the platform puts before the text of an exception inside another one's. */
    private static final Pattern CLASS_NAME =
            Pattern.compile(
                    "(?:[a-z]\\w*\\.)+[A-Z][\\w.$]*(?:Exception|Error)(?::\\s*|$)"
                            + "| for \\[[^\\]]*#[^\\]]*\\]");

    private Outcome() {}

    static Result.Builder success() {
        return success(Success.getDefaultInstance());
    }

    static Result.Builder success(Success success) {
        return Result.newBuilder().setSuccess(success);
    }

    static Result.Builder fault(String text) {
        return Result.newBuilder().setFault(text);
    }

    /**
     * The library's own exception is an error. A future that was cancelled says nothing else.
     * Everything else is a fault.
     */
    static Result.Builder failure(Throwable thrown) {
        Throwable failure = unwrapped(thrown);
        if (failure instanceof FastPubSubException own) {
            return Result.newBuilder().setError(error(own));
        }
        if (failure instanceof CancellationException) {
            return Result.newBuilder().setCanceled(Canceled.getDefaultInstance());
        }
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return fault("not the library's own exception: " + text);
    }

    /** What a future wraps around an exception says nothing. */
    static Throwable unwrapped(Throwable thrown) {
        boolean wrapped =
                thrown instanceof CompletionException || thrown instanceof ExecutionException;
        return wrapped && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** An error with all of its text, that of its causes included. Names of classes are no text. */
    static SdkError error(FastPubSubException own) {
        StringBuilder text = new StringBuilder(own.getMessage());
        Throwable cause = own.getCause();
        for (int i = 0; cause != null && i < MAX_DEPTH; i++) {
            String said = cause.getMessage();
            if (said != null) {
                text.append("; caused by ").append(CLASS_NAME.matcher(said).replaceAll(""));
            }
            cause = cause.getCause();
        }
        return SdkError.newBuilder()
                .setReason(own.reasonName())
                .setRetryable(own.retryable())
                .setMessage(text.toString())
                .build();
    }
}
