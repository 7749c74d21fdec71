package com.fastpubsub.conformance.driver;

import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Message;
import com.fastpubsub.Subscription;
import com.fastpubsub.conformance.v1.Event;
import com.fastpubsub.conformance.v1.Lagged;
import com.fastpubsub.conformance.v1.MessageReceived;
import com.fastpubsub.conformance.v1.SubscriptionEnded;
import com.fastpubsub.v1.MessageId;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.Optional;

/** A subscription, and the loop that takes its messages. */
final class DrivenSubscription {
    private final long number;
    private final Subscription subscription;
    private final FrameWriter out;
    private boolean paused; // guarded by this, as below
    private boolean abandoned;

    DrivenSubscription(long number, Subscription subscription, boolean paused, FrameWriter out) {
        this.number = number;
        this.subscription = subscription;
        this.paused = paused;
        this.out = out;
    }

    Subscription subscription() {
        return subscription;
    }

    synchronized void pause(boolean pause) {
        paused = pause;
        notifyAll();
    }

    /** If it is paused, it ends without a word. */
    synchronized void abandon() {
        abandoned = paused;
        pause(false);
    }

    private synchronized boolean awaitGo() throws InterruptedException {
        while (paused) {
            wait();
        }
        return !abandoned;
    }

    /** Reports everything that comes, until the end. */
    void consume() {
        SubscriptionEnded.Builder end = SubscriptionEnded.newBuilder().setSubscription(number);
        try {
            while (awaitGo()) {
                Optional<com.fastpubsub.Event> event = subscription.next();
                if (event.isEmpty()) {
                    break;
                }
                out.event(reported(event.get()));
            }
        } catch (FastPubSubException cause) {
            end.setError(Outcome.error(cause));
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (!isAbandoned()) {
            out.event(Event.newBuilder().setSubscriptionEnded(end));
        }
    }

    private synchronized boolean isAbandoned() {
        return abandoned;
    }

    private Event.Builder reported(com.fastpubsub.Event value) {
        if (value instanceof com.fastpubsub.Lagged lagged) {
            return Event.newBuilder()
                    .setLagged(
                            Lagged.newBuilder()
                                    .setSubscription(number)
                                    .setMessages(lagged.missed()));
        }
        Message message = (Message) value;
        return Event.newBuilder()
                .setMessage(
                        MessageReceived.newBuilder()
                                .setSubscription(number)
                                .setTenant(message.tenant())
                                .setChannel(message.channel())
                                .setPayload(ByteString.copyFrom(message.payload()))
                                .setMessageId(
                                        MessageId.newBuilder()
                                                .setOrigin(message.id().origin())
                                                .setSequence(message.id().sequence()))
                                .setPublishedAt(
                                        Timestamp.newBuilder()
                                                .setSeconds(message.publishedAt().getEpochSecond())
                                                .setNanos(message.publishedAt().getNano())));
    }
}
