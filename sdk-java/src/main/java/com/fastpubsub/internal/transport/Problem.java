package com.fastpubsub.internal.transport;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/** Refusals that come as an HTTP answer. */
public final class Problem {
    private static final String MEDIA_TYPE = "application/problem+json";
    private static final int UNAUTHORIZED = 401;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private Problem() {}

    /**
     * The fault of an answer: what its body says when it is a problem document, and otherwise what
     * its status means.
     *
     * @param what what was answered, for people
     */
    public static Fault faultOf(
            int status, @Nullable String contentType, String body, String what) {
        Fault said = isProblem(contentType) ? faultOfBody(body) : null;
        return said == null ? faultOfStatus(status, what) : said;
    }

    private static boolean isProblem(@Nullable String contentType) {
        return contentType != null
                && contentType.split(";", 2)[0].trim().equalsIgnoreCase(MEDIA_TYPE);
    }

    /** The fault that a body of application/problem+json stands for, if it names a reason. */
    public static @Nullable Fault faultOfBody(@Nullable Object body) {
        JsonObject problem = body instanceof String text ? Json.object(text) : null;
        String reason = problem == null ? "" : Json.text(problem, "reason");
        if (problem == null || reason.isEmpty()) {
            return null;
        }
        return Fault.fromServer(
                reason, Json.text(problem, "detail"), Json.isTrue(problem, "retryable"));
    }

    /**
     * The fault of an answer without a reason: of a proxy, or of something that is no FastPubSub
     * server.
     *
     * @param what what was answered, for people
     */
    public static Fault faultOfStatus(int status, String what) {
        String text = what + " was answered with HTTP status " + status;
        if (status == UNAUTHORIZED) {
            return Fault.of(Reason.TOKEN_INVALID, text);
        }
        if (status == ProxyRefusal.AUTHENTICATION_REQUIRED) {
            return Fault.of(Reason.UNREACHABLE, text + "; " + ProxyRefusal.LOG_IN).asFinal();
        }
        if (status == TOO_MANY_REQUESTS) {
            return Fault.of(Reason.RATE_LIMITED, text);
        }
        if (status >= SERVER_ERRORS || status == REQUEST_TIMEOUT || status == TOO_EARLY) {
            return Fault.of(Reason.UNREACHABLE, text);
        }
        return Fault.of(Reason.UNREACHABLE, text + "; is the address right?").asFinal();
    }
}
