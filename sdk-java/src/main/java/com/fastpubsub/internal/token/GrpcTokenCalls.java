package com.fastpubsub.internal.token;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.transport.grpc.Channels;
import com.fastpubsub.internal.transport.grpc.GrpcFaults;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;

/** Over gRPC. */
public final class GrpcTokenCalls implements TokenCalls {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Channels channels;
    private final ManagedChannel channel;
    private final SecretText masterToken;
    private final long timeoutNanos;

    /** Makes no connection yet. It closes the channels. */
    public GrpcTokenCalls(Channels channels, SecretText masterToken, long timeoutNanos) {
        this.channels = channels;
        this.channel = channels.open();
        this.masterToken = masterToken;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public <Q extends Message, R extends Message> void call(
            MethodDescriptor<Q, R> method, Q request, Outcome<R> outcome) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + masterToken.reveal());
        var authorized =
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                authorized.newCall(method, options),
                request,
                new StreamObserver<>() {
                    @Override
                    public void onNext(R response) {
                        outcome.answered(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        outcome.failed(faultOf(failure));
                    }

                    @Override
                    public void onCompleted() {
                        // The answer came before.
                    }
                });
    }

    private Fault faultOf(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Fault refusal = GrpcFaults.refusalOf(Status.trailersFromThrowable(failure));
        if (refusal != null) {
            return refusal;
        }
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED ->
                    Fault.of(Reason.TIMED_OUT, "the server has not answered in time");
            case UNAVAILABLE ->
                    channels.unreachable(status.getCause() == null ? failure : status.getCause());
            case UNIMPLEMENTED ->
                    Fault.of(
                                    Reason.UNREACHABLE,
                                    "the server does not offer the token service; is the address"
                                            + " right?",
                                    failure)
                            .asFinal();
            case CANCELLED -> Fault.of(Reason.CLOSED, "the token client has been closed");
            default -> Fault.of(Reason.INTERNAL, "the call failed", failure);
        };
    }

    @Override
    public void close() {
        channel.shutdownNow();
        channels.close();
    }
}
