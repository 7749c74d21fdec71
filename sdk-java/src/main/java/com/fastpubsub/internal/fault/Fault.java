package com.fastpubsub.internal.fault;

import com.fastpubsub.Reason;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A refusal or a failure. Immutable; threads may share one.
 *
 * @param reason why; programs compare it, never the text
 * @param reasonName the reason as on the wire, also when it is not known here
 * @param retry whether the same may succeed later
 * @param text for people: what is wrong and what to do; holds no secret
 * @param cause what lies underneath
 */
public record Fault(
        Reason reason, String reasonName, Retry retry, String text, @Nullable Throwable cause) {

    /** What the platform puts before the text of an exception inside another one's. */
    private static final Pattern CLASS_NAME =
            Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w.$]*(?:Exception|Error)(?::\\s*|$)");

    /** What Netty's HTTP/2 says of the classes that were at work. */
    private static final Pattern PIPELINE = Pattern.compile(" for \\[[^\\]]*#[^\\]]*\\]");

    /** Makes a fault whose retry is the catalogue's. */
    public static Fault of(Reason reason, String text) {
        return of(reason, text, null);
    }

    /** Makes a fault with a cause. */
    public static Fault of(Reason reason, String text, @Nullable Throwable cause) {
        return new Fault(reason, reason.name(), Catalogue.retryOf(reason), text, cause);
    }

    /**
     * Makes a fault from what a server said. The catalogue decides whether to retry; for a reason
     * that is not known here the server's own word counts.
     */
    public static Fault fromServer(String reasonName, String text, boolean retryable) {
        Reason reason = Catalogue.reasonOf(reasonName);
        if (reason == Reason.UNRECOGNIZED) {
            return new Fault(reason, reasonName, retryable ? Retry.YES : Retry.NO, text, null);
        }
        return of(reason, text);
    }

    /** A copy that must not be tried again. */
    public Fault asFinal() {
        return new Fault(reason, reasonName, Retry.NO, text, cause);
    }

    /** A copy with another text. */
    public Fault withText(String newText) {
        return new Fault(reason, reasonName, retry, newText, cause);
    }

    /** Whether the same may succeed later. */
    public boolean isRetryable() {
        return retry != Retry.NO;
    }

    /** Whether this is for that reason. */
    public boolean is(Reason other) {
        return reason == other;
    }

    /** "REASON: text", and behind it the text of the cause if there is one; no class names. */
    @Override
    public String toString() {
        String said = reasonName + ": " + text;
        String why = cause == null ? null : cause.getMessage();
        String clean = why == null ? "" : forPeople(why);
        return clean.isEmpty() ? said : said + ": " + clean;
    }

    private static String forPeople(String said) {
        return CLASS_NAME.matcher(PIPELINE.matcher(said).replaceAll("")).replaceAll("").trim();
    }
}
