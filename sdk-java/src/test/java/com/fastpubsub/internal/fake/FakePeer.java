package com.fastpubsub.internal.fake;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.v1.Deliveries;
import com.fastpubsub.v1.Delivery;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.Failure;
import com.fastpubsub.v1.GoAway;
import com.fastpubsub.v1.Limits;
import com.fastpubsub.v1.Lost;
import com.fastpubsub.v1.OutgoingMessage;
import com.fastpubsub.v1.SessionRequest;
import com.fastpubsub.v1.SessionResponse;
import com.fastpubsub.v1.SubscriptionEnded;
import com.fastpubsub.v1.Success;
import com.fastpubsub.v1.Welcome;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The server's end of a connection in memory. */
public final class FakePeer implements Conn {
    private final Conn.Listener listener;
    private final FakeScheduler scheduler;
    private final Consumer<FakePeer> onOpen;
    private final List<SessionRequest> received = new ArrayList<>();
    private final Map<String, Long> handles = new HashMap<>();
    private final Set<SessionRequest.CommandCase> held = new HashSet<>();
    private CompletableFuture<Void> slowSend;
    private Limits limits = Limits.getDefaultInstance();
    private Duration keepAlive = Duration.ofSeconds(20);
    private Instant tokenExpiry;
    private String token;
    private long lastHandle;
    private boolean answering;
    private boolean broken;
    private boolean closed;
    private boolean aborted;

    FakePeer(Conn.Listener listener, FakeScheduler scheduler, Consumer<FakePeer> onOpen) {
        this.listener = listener;
        this.scheduler = scheduler;
        this.onOpen = onOpen;
    }

    // The client's side.

    @Override
    public void open(String presented) {
        token = presented;
        scheduler.execute(() -> onOpen.accept(this));
    }

    @Override
    public CompletableFuture<?> send(ByteBuffer frame) {
        if (broken || aborted) {
            return CompletableFuture.failedFuture(new IllegalStateException("broken"));
        }
        try {
            SessionRequest request = SessionRequest.parseFrom(frame);
            received.add(request);
            if (answering && !held.contains(request.getCommandCase())) {
                scheduler.execute(() -> answer(request));
            }
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError("the client sent something unreadable", malformed);
        }
        return slowSend == null ? CompletableFuture.completedFuture(null) : slowSend;
    }

    @Override
    public void close() {
        closed = true;
        if (answering) {
            scheduler.execute(
                    () -> end(Fault.of(Reason.CONNECTION_LOST, "the server closed the stream")));
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    // What the server saw.

    public String token() {
        return token;
    }

    public boolean isAborted() {
        return aborted;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Everything that came, and forgets it. */
    public List<SessionRequest> takeReceived() {
        scheduler.run();
        List<SessionRequest> all = List.copyOf(received);
        received.clear();
        return all;
    }

    /** What came of one kind, and forgets everything. */
    public List<SessionRequest> takeReceived(SessionRequest.CommandCase kind) {
        return takeReceived().stream().filter(r -> r.getCommandCase() == kind).toList();
    }

    /** The payloads that were published, as texts, and forgets everything. */
    public List<String> takePublished() {
        return takeReceived(SessionRequest.CommandCase.PUBLISH).stream()
                .flatMap(request -> request.getPublish().getMessagesList().stream())
                .map(message -> message.getPayload().toStringUtf8())
                .toList();
    }

    public long handleOf(String tenant, String pattern) {
        Long handle = handles.get(tenant + ":" + pattern);
        if (handle == null) {
            throw new AssertionError("not subscribed to " + tenant + ":" + pattern);
        }
        return handle;
    }

    public Set<String> subscribed() {
        return Set.copyOf(handles.keySet());
    }

    // What the server does.

    public FakePeer withLimits(Limits declared) {
        limits = declared;
        return this;
    }

    public FakePeer withKeepAlive(Duration interval) {
        keepAlive = interval;
        return this;
    }

    public FakePeer withTokenExpiry(Instant expiry) {
        tokenExpiry = expiry;
        return this;
    }

    /** Leaves commands of a kind without an answer. */
    public FakePeer hold(SessionRequest.CommandCase kind) {
        held.add(kind);
        return this;
    }

    /** Makes sends take until the test says so. */
    public void slowDown() {
        slowSend = new CompletableFuture<>();
    }

    public void speedUp() {
        CompletableFuture<Void> waiting = slowSend;
        slowSend = null;
        waiting.complete(null);
    }

    /** Makes sends fail. */
    public void breakSends() {
        broken = true;
    }

    /** Welcomes the client and answers its commands. */
    public FakePeer serve() {
        answering = true;
        welcome();
        return this;
    }

    public void welcome() {
        Welcome.Builder welcome =
                Welcome.newBuilder()
                        .setSessionId("s-1")
                        .setNode("node-1")
                        .setServerVersion("test")
                        .setLimits(limits)
                        .setKeepAliveInterval(wire(keepAlive));
        if (tokenExpiry != null) {
            welcome.setTokenExpiresAt(wire(tokenExpiry));
        }
        say(SessionResponse.newBuilder().setWelcome(welcome));
    }

    private void answer(SessionRequest request) {
        switch (request.getCommandCase()) {
            case SUBSCRIBE -> {
                var subscribe = request.getSubscribe();
                String key = subscribe.getTenant() + ":" + subscribe.getPattern();
                long handle = handles.computeIfAbsent(key, k -> ++lastHandle);
                say(success(subscribe.getRequestId()).setPatternHandle(handle));
            }
            case UNSUBSCRIBE -> {
                var unsubscribe = request.getUnsubscribe();
                handles.remove(unsubscribe.getTenant() + ":" + unsubscribe.getPattern());
                say(success(unsubscribe.getRequestId()));
            }
            case PUBLISH -> acknowledge(request);
            case AUTHENTICATE -> authenticated(request);
            case PING -> say(success(request.getPing().getRequestId()));
            default -> throw new AssertionError("a frame without a command");
        }
    }

    private void authenticated(SessionRequest request) {
        Success.Builder success = success(request.getAuthenticate().getRequestId());
        token = request.getAuthenticate().getToken();
        if (tokenExpiry != null) {
            success.setTokenExpiresAt(wire(tokenExpiry));
        }
        say(success);
    }

    /** Acknowledges the publishes of one frame together. */
    public void acknowledge(SessionRequest request) {
        List<Long> ids =
                request.getPublish().getMessagesList().stream()
                        .map(OutgoingMessage::getRequestId)
                        .filter(id -> id != 0)
                        .toList();
        if (!ids.isEmpty()) {
            say(Success.newBuilder().addAllRequestIds(ids));
        }
    }

    public static Success.Builder success(long id) {
        return Success.newBuilder().addRequestIds(id);
    }

    public void say(Success.Builder success) {
        say(SessionResponse.newBuilder().setSuccess(success));
    }

    public void refuse(long id, ErrorReason reason) {
        say(
                SessionResponse.newBuilder()
                        .setFailure(
                                Failure.newBuilder()
                                        .setRequestId(id)
                                        .setReason(reason)
                                        .setMessage("refused for the test")));
    }

    /** Says that it will close, and closes. */
    public void closeFor(ErrorReason reason) {
        say(
                SessionResponse.newBuilder()
                        .setFailure(
                                Failure.newBuilder()
                                        .setReason(reason)
                                        .setMessage("closed for the test")
                                        .setClosesSession(true)));
        end(Fault.of(Reason.CONNECTION_LOST, "the server closed the stream"));
    }

    /** Delivers a message that matched the patterns, which are written "tenant:pattern". */
    public void deliver(long sequence, String text, String... patterns) {
        Delivery.Builder delivery =
                Delivery.newBuilder()
                        .setIdOrigin(7)
                        .setIdSequence(sequence)
                        .setPublishedAtUnixNanos(1_000_000_001L)
                        .setTenant("t")
                        .setChannel("a.b")
                        .setPayload(ByteString.copyFromUtf8(text));
        for (String pattern : patterns) {
            String[] parts = pattern.split(":", 2);
            delivery.addPatternHandles(handleOf(parts[0], parts[1]));
        }
        say(
                SessionResponse.newBuilder()
                        .setDeliveries(Deliveries.newBuilder().addMessages(delivery)));
    }

    public void lose(long messages) {
        say(SessionResponse.newBuilder().setLost(Lost.newBuilder().setMessages(messages)));
    }

    public void endSubscription(String tenant, String pattern, ErrorReason reason) {
        say(
                SessionResponse.newBuilder()
                        .setSubscriptionEnded(
                                SubscriptionEnded.newBuilder()
                                        .setPatternHandle(handleOf(tenant, pattern))
                                        .setReason(reason)
                                        .setMessage("ended for the test")));
    }

    public void goAway(Duration left) {
        say(
                SessionResponse.newBuilder()
                        .setGoAway(
                                GoAway.newBuilder()
                                        .setReason(ErrorReason.ERROR_REASON_DRAINING)
                                        .setMessage("going away for the test")
                                        .setTimeUntilClose(wire(left))));
    }

    public void say(SessionResponse.Builder response) {
        say(response.build().toByteArray());
    }

    public void say(byte[] frame) {
        if (!aborted) {
            listener.received(frame, frame.length);
        }
        scheduler.run();
    }

    /** The connection is over. */
    public void end(Fault cause) {
        listener.ended(cause);
        scheduler.run();
    }

    public void cut() {
        end(Fault.of(Reason.CONNECTION_LOST, "cut for the test"));
    }

    private static com.google.protobuf.Duration wire(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    private static Timestamp wire(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
