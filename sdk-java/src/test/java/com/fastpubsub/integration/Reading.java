package com.fastpubsub.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fastpubsub.Event;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Message;
import com.fastpubsub.Reason;
import com.fastpubsub.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of both transports read and expect. */
final class Reading {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Reading() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Message message(Subscription subscription) {
        Event event =
                subscription.next(PATIENCE).orElseThrow(() -> new AssertionError("no message"));
        assertThat(event).isInstanceOf(Message.class);
        return (Message) event;
    }

    static List<String> texts(Subscription subscription, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(message(subscription).payloadText());
        }
        return texts;
    }

    /** The refusal with which a call fails, whether it waits or gives a future. */
    static FastPubSubException refusal(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        assertThat(cause).isInstanceOf(FastPubSubException.class);
        return (FastPubSubException) cause;
    }

    static void assertRefused(Reason reason, ThrowingCallable call) {
        assertThat(refusal(call).reason()).isEqualTo(reason);
    }
}
