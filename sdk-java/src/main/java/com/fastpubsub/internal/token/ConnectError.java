package com.fastpubsub.internal.token;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Json;
import com.fastpubsub.internal.transport.Problem;
import com.fastpubsub.internal.transport.grpc.ErrorInfo;
import com.fastpubsub.internal.transport.grpc.GrpcFaults;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Refusals of the Connect protocol: JSON with details in base64. */
final class ConnectError {
    private static final String ERROR_INFO = "google.rpc.ErrorInfo";

    private ConnectError() {}

    static Fault faultOf(int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        Fault refusal = refusal(text);
        if (refusal == null) {
            refusal = Problem.faultOfBody(text);
        }
        return refusal == null ? Problem.faultOfStatus(status, "the call") : refusal;
    }

    private static @Nullable Fault refusal(String text) {
        JsonObject error = Json.object(text);
        if (error == null || !(error.get("details") instanceof JsonArray details)) {
            return null;
        }
        for (JsonElement element : details) {
            if (element instanceof JsonObject detail
                    && Json.text(detail, "type").equals(ERROR_INFO)) {
                return refusal(Json.text(detail, "value"), Json.text(error, "message"));
            }
        }
        return null;
    }

    private static @Nullable Fault refusal(String base64, String message) {
        try {
            byte[] encoded = Base64.getDecoder().decode(base64);
            return GrpcFaults.refusalOf(ErrorInfo.parse(ByteString.copyFrom(encoded)), message);
        } catch (IllegalArgumentException | InvalidProtocolBufferException malformed) {
            return null;
        }
    }
}
