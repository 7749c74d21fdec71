package com.fastpubsub.internal.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ER-4: what a gRPC status and its details mean. */
class GrpcFaultsTest {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static UnknownFieldSet.Field text(String value) {
        return bytes(ByteString.copyFromUtf8(value));
    }

    private static UnknownFieldSet.Field bytes(ByteString value) {
        return UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build();
    }

    private static Metadata trailers(String reason, String domain, String retryable) {
        UnknownFieldSet entry =
                UnknownFieldSet.newBuilder()
                        .addField(1, text("retryable"))
                        .addField(2, text(retryable))
                        .build();
        UnknownFieldSet info =
                UnknownFieldSet.newBuilder()
                        .addField(1, text(reason))
                        .addField(2, text(domain))
                        .addField(3, bytes(entry.toByteString()))
                        .build();
        UnknownFieldSet any =
                UnknownFieldSet.newBuilder()
                        .addField(1, text("type.googleapis.com/google.rpc.ErrorInfo"))
                        .addField(2, bytes(info.toByteString()))
                        .build();
        UnknownFieldSet status =
                UnknownFieldSet.newBuilder()
                        .addField(2, text("what is wrong"))
                        .addField(3, bytes(any.toByteString()))
                        .build();
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, status.toByteArray());
        return trailers;
    }

    @Test
    void theDetailsNameTheReason() {
        var fault =
                GrpcFaults.faultOf(
                        Status.UNAUTHENTICATED,
                        trailers("TOKEN_REVOKED", "fastpubsub.v1", "false"));
        assertThat(fault).hasToString("TOKEN_REVOKED: what is wrong");
    }

    @Test
    void aReasonOfANewerServerIsRetriedWhenItSaysSo() {
        var fault =
                GrpcFaults.faultOf(
                        Status.UNAVAILABLE, trailers("NEW_ONE", "fastpubsub.v1", "true"));
        assertThat(fault.reasonName()).isEqualTo("NEW_ONE");
        assertThat(fault.isRetryable()).isTrue();
    }

    @Test
    void detailsOfSomebodyElseDoNotCount() {
        var fault =
                GrpcFaults.faultOf(
                        Status.UNAVAILABLE, trailers("TOKEN_REVOKED", "example.com", "false"));
        assertThat(fault.reason()).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void damagedDetailsDoNotCount() {
        Metadata damaged = new Metadata();
        damaged.put(DETAILS, new byte[] {1, 2, 3});
        assertThat(GrpcFaults.faultOf(Status.INTERNAL, damaged).reason())
                .isEqualTo(Reason.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({
        "OK, CONNECTION_LOST, true", "UNAUTHENTICATED, TOKEN_INVALID, false",
        "RESOURCE_EXHAUSTED, RATE_LIMITED, true", "INTERNAL, INTERNAL, true",
        "UNIMPLEMENTED, UNREACHABLE, false", "NOT_FOUND, UNREACHABLE, false",
        "UNAVAILABLE, CONNECTION_LOST, true", "CANCELLED, CONNECTION_LOST, true"
    })
    void withoutDetailsTheCodeCounts(Status.Code code, Reason reason, boolean retryable) {
        var fault = GrpcFaults.faultOf(code.toStatus().withDescription("why"), new Metadata());
        assertThat(fault.reason()).isEqualTo(reason);
        assertThat(fault.isRetryable()).isEqualTo(retryable);
        assertThat(fault.text()).contains("why");
    }
}
