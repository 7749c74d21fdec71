package com.fastpubsub.internal.transport.grpc;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.v1.PubSubServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One stream with its connection. */
final class GrpcConn extends ClientCall.Listener<Frame> implements Conn {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final CompletableFuture<Void> SENT = CompletableFuture.completedFuture(null);

    /** How many frames gRPC may have ready before they are read. */
    private static final int READ_AHEAD = 16;

    /** What gRPC says when there is nobody at the other end who speaks it. */
    private static final Set<Status.Code> NOBODY =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.INTERNAL, Status.Code.UNKNOWN);

    private final Channels channels;
    private final Conn.Listener listener;
    private final AtomicReference<@Nullable CompletableFuture<Void>> sending =
            new AtomicReference<>();

    private final Object lock = new Object();
    private @Nullable ManagedChannel channel; // guarded by lock, as below
    private @Nullable ClientCall<Frame, Frame> call;
    private boolean aborted;
    private boolean heard; // of the listener's thread

    GrpcConn(Channels channels, Conn.Listener listener) {
        this.channels = channels;
        this.listener = listener;
    }

    @Override
    public void open(String token) {
        ClientCall<Frame, Frame> opened;
        synchronized (lock) {
            if (aborted) {
                return;
            }
            ManagedChannel connection = channels.open();
            opened = connection.newCall(method(), CallOptions.DEFAULT);
            channel = connection;
            call = opened;
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        opened.start(this, headers);
        opened.request(READ_AHEAD);
    }

    private static MethodDescriptor<Frame, Frame> method() {
        return MethodDescriptor.newBuilder(new Frame.Outgoing(), new Frame.Incoming())
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(PubSubServiceGrpc.getSessionMethod().getFullMethodName())
                .build();
    }

    private @Nullable ClientCall<Frame, Frame> call() {
        synchronized (lock) {
            return call;
        }
    }

    @Override
    public void onMessage(Frame frame) {
        heard = true;
        listener.received(frame.bytes, frame.length);
        ClientCall<Frame, Frame> reading = call();
        if (reading != null) {
            reading.request(1);
        }
    }

    @Override
    public void onReady() {
        CompletableFuture<Void> waiting = sending.getAndSet(null);
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        CompletableFuture<Void> waiting = sending.getAndSet(null);
        if (waiting != null) {
            waiting.completeExceptionally(status.asException());
        }
        Fault refusal = GrpcFaults.refusalOf(trailers);
        if (refusal == null && !heard && NOBODY.contains(status.getCode())) {
            refusal =
                    channels.unreachable(
                            status.getCause() == null ? status.asException() : status.getCause());
        }
        listener.ended(refusal != null ? refusal : GrpcFaults.faultOf(status, trailers));
    }

    @Override
    public CompletableFuture<?> send(ByteBuffer frame) {
        ClientCall<Frame, Frame> to = call();
        if (to == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not open"));
        }
        try {
            to.sendMessage(Frame.of(frame)); // it has been copied when this returns
        } catch (IllegalStateException ended) {
            return CompletableFuture.failedFuture(ended);
        }
        if (to.isReady()) {
            return SENT;
        }
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        sending.set(waiting);
        if (to.isReady() && sending.compareAndSet(waiting, null)) {
            return SENT;
        }
        return waiting;
    }

    @Override
    public void close() {
        ClientCall<Frame, Frame> to = call();
        if (to != null) {
            try {
                to.halfClose();
            } catch (IllegalStateException ended) {
                listener.ended(Fault.of(Reason.CONNECTION_LOST, "the stream has ended", ended));
            }
        }
    }

    @Override
    public void abort() {
        ManagedChannel connection;
        ClientCall<Frame, Frame> canceled;
        synchronized (lock) {
            aborted = true;
            connection = channel;
            canceled = call;
        }
        if (canceled != null) {
            canceled.cancel("the connection is cut", null);
        }
        if (connection != null) {
            connection.shutdownNow();
        }
    }
}
