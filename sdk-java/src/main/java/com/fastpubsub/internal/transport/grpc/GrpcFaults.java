package com.fastpubsub.internal.transport.grpc;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What a gRPC status means. */
public final class GrpcFaults {
    /** The domain of the ErrorInfo that carries the catalogue's reason. */
    private static final String DOMAIN = "fastpubsub.v1";

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private GrpcFaults() {}

    /** Why a stream ended that the server had welcomed. */
    public static Fault faultOf(Status status, @Nullable Metadata trailers) {
        Fault refusal = refusalOf(trailers);
        if (refusal != null) {
            return refusal;
        }
        return switch (status.getCode()) {
            case OK -> fault(Reason.CONNECTION_LOST, "the server closed the stream", status);
            case UNAUTHENTICATED ->
                    fault(Reason.TOKEN_INVALID, "the server refused the token", status);
            case RESOURCE_EXHAUSTED ->
                    fault(Reason.RATE_LIMITED, "the server refused the connection", status);
            case INTERNAL -> fault(Reason.INTERNAL, "the server failed", status);
            case UNIMPLEMENTED, PERMISSION_DENIED, NOT_FOUND ->
                    fault(
                                    Reason.UNREACHABLE,
                                    "the server does not offer the session; is the address right?",
                                    status)
                            .asFinal();
            default -> fault(Reason.CONNECTION_LOST, "the connection to the server broke", status);
        };
    }

    private static Fault fault(Reason reason, String text, Status status) {
        String description = status.getDescription();
        return Fault.of(
                reason,
                description == null ? text : text + " (" + description + ")",
                status.getCause());
    }

    /** The refusal that the trailers of a refused call carry as ErrorInfo. */
    public static @Nullable Fault refusalOf(@Nullable Metadata trailers) {
        byte[] details = trailers == null ? null : trailers.get(DETAILS);
        if (details == null) {
            return null;
        }
        try {
            ErrorInfo.Details said = ErrorInfo.detailsOf(details);
            return said.info() == null ? null : refusalOf(said.info(), said.message());
        } catch (InvalidProtocolBufferException malformed) {
            return null;
        }
    }

    /** The refusal that an ErrorInfo of our domain stands for. */
    public static @Nullable Fault refusalOf(ErrorInfo info, String text) {
        if (!DOMAIN.equals(info.domain())) {
            return null;
        }
        boolean retryable = "true".equals(info.metadata().get("retryable"));
        return Fault.fromServer(info.reason(), text, retryable);
    }
}
