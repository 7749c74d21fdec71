package com.fastpubsub.internal.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.internal.fault.Catalogue;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Problem;
import com.fastpubsub.internal.transport.grpc.GrpcFaults;
import com.fastpubsub.v1.Failure;
import com.fastpubsub.vectors.Vectors;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** ER-2, SDK-12: what a refusal means, however it arrives. */
class ErrorVectorsTest {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    @TestFactory
    Stream<DynamicTest> errors() {
        return Vectors.cases(
                        "errors.json",
                        "arrival",
                        "failure",
                        "close",
                        "http",
                        "grpc",
                        "reason",
                        "retryable",
                        "text")
                .map(
                        one ->
                                DynamicTest.dynamicTest(
                                        one.get("name").getAsString(), () -> check(one)));
    }

    private static void check(JsonObject one) {
        Fault fault = arrived(one);
        assertThat(fault.reasonName()).isEqualTo(one.get("reason").getAsString());
        assertThat(fault.isRetryable()).isEqualTo(one.get("retryable").getAsBoolean());
        if (one.has("text")) {
            assertThat(fault.text()).isEqualTo(one.get("text").getAsString());
        } else {
            assertThat(fault.text()).isNotEmpty();
        }
    }

    private static Fault arrived(JsonObject one) {
        String arrival = one.get("arrival").getAsString();
        JsonObject said = one.getAsJsonObject(arrival);
        return switch (arrival) {
            case "failure" ->
                    Catalogue.faultOf(
                            Failure.newBuilder()
                                    .setRequestId(said.get("request_id").getAsLong())
                                    .setReasonValue(said.get("reason").getAsInt())
                                    .setMessage(said.get("message").getAsString())
                                    .setRetryable(said.get("retryable").getAsBoolean())
                                    .setClosesSession(said.get("closes_session").getAsBoolean())
                                    .build());
            case "close" ->
                    Closing.faultOf(said.get("code").getAsInt(), said.get("text").getAsString());
            case "http" ->
                    Problem.faultOf(
                            said.get("status").getAsInt(),
                            said.get("content_type").getAsString(),
                            said.get("body").getAsString(),
                            "the upgrade");
            case "grpc" -> ofStream(said);
            default -> throw new AssertionError("an unknown arrival: " + arrival);
        };
    }

    private static Fault ofStream(JsonObject said) {
        Status status =
                Status.fromCodeValue(said.get("code").getAsInt())
                        .withDescription(said.get("message").getAsString());
        Metadata trailers = new Metadata();
        JsonElement details = said.get("details");
        if (details != null) {
            trailers.put(DETAILS, Vectors.bytes(details));
        }
        return GrpcFaults.faultOf(status, trailers);
    }
}
