package com.fastpubsub.conformance.driver;

import com.fastpubsub.FastPubSubException;
import com.fastpubsub.conformance.v1.Result;
import com.fastpubsub.conformance.v1.SdkError;
import com.fastpubsub.conformance.v1.Success;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What became of a command. */
final class Outcome {
    private static final int MAX_DEPTH = 20;

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

    /** The library's own exception is an error; everything else is a fault. */
    static Result.Builder failure(Throwable thrown) {
        Throwable failure = unwrapped(thrown);
        if (failure instanceof FastPubSubException own) {
            return Result.newBuilder().setError(error(own));
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

    /** An error with all of its text, causes included. */
    static SdkError error(FastPubSubException own) {
        StringBuilder text = new StringBuilder(own.getMessage());
        Throwable cause = own.getCause();
        for (int i = 0; cause != null && i < MAX_DEPTH; i++) {
            text.append("; caused by ").append(cause);
            cause = cause.getCause();
        }
        return SdkError.newBuilder()
                .setReason(own.reasonName())
                .setRetryable(own.retryable())
                .setMessage(text.toString())
                .build();
    }
}
