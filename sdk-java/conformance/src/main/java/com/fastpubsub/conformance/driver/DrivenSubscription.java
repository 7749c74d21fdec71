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
import java.util.concurrent.Flow;

/**
 * A subscription, and the subscriber that takes its events: one after the other, and none while it
 * is paused. One that it has asked for before it was paused still comes.
 */
final class DrivenSubscription implements Flow.Subscriber<com.fastpubsub.Event> {
    private final long number;
    private final Subscription subscription;
    private final FrameWriter out;
    private Flow.Subscription flow; // guarded by this, as below
    private boolean paused;
    private boolean asked;
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
        ask();
    }

    /** If it is paused, it ends without a word. */
    synchronized void abandon() {
        abandoned = paused;
    }

    private synchronized boolean isAbandoned() {
        return abandoned;
    }

    private synchronized void ask() {
        if (!paused && !asked && flow != null) {
            asked = true;
            flow.request(1);
        }
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        flow = given;
        ask();
    }

    @Override
    public void onNext(com.fastpubsub.Event event) {
        out.event(reported(event));
        synchronized (this) {
            asked = false;
            ask();
        }
    }

    @Override
    public void onError(Throwable cause) {
        end(SubscriptionEnded.newBuilder().setError(Outcome.error((FastPubSubException) cause)));
    }

    @Override
    public void onComplete() {
        end(SubscriptionEnded.newBuilder());
    }

    private void end(SubscriptionEnded.Builder end) {
        if (!isAbandoned()) {
            out.event(Event.newBuilder().setSubscriptionEnded(end.setSubscription(number)));
        }
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
