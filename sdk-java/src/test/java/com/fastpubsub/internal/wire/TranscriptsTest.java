package com.fastpubsub.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.internal.fault.Catalogue;
import com.fastpubsub.v1.SessionResponse;
import com.fastpubsub.vectors.Vectors;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** SF-1: the session protocol, byte by byte. */
class TranscriptsTest {
    private static final List<String> MODES =
            List.of("broadcast", "?", "one-low-latency", "one-random");

    private static Stream<JsonObject> cases(String kind) {
        return Vectors.cases(
                        "transcripts.json",
                        "kind",
                        "frame",
                        "valid",
                        "reason",
                        "canonical",
                        "command",
                        "event")
                .filter(one -> one.get("kind").getAsString().equals(kind));
    }

    private static DynamicTest test(
            JsonObject one, org.junit.jupiter.api.function.Executable check) {
        return DynamicTest.dynamicTest(one.get("name").getAsString(), check);
    }

    @TestFactory
    Stream<DynamicTest> requests() {
        return cases("request")
                .filter(one -> one.has("canonical") && one.get("canonical").getAsBoolean())
                .map(
                        one ->
                                test(
                                        one,
                                        () ->
                                                assertThat(encoded(one.getAsJsonObject("command")))
                                                        .isEqualTo(
                                                                Vectors.bytes(one.get("frame")))));
    }

    private static byte[] encoded(JsonObject command) {
        String kind = command.keySet().iterator().next();
        JsonObject said = command.getAsJsonObject(kind);
        return switch (kind) {
            case "subscribe" ->
                    Commands.subscribe(id(said), text(said, "tenant"), text(said, "pattern"));
            case "unsubscribe" ->
                    Commands.unsubscribe(id(said), text(said, "tenant"), text(said, "pattern"));
            case "authenticate" -> Commands.authenticate(id(said), text(said, "token"));
            case "ping" -> Commands.ping(id(said));
            case "publish" -> published(said.getAsJsonArray("messages"));
            default -> throw new AssertionError("an unknown command: " + kind);
        };
    }

    private static byte[] published(JsonArray messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (JsonElement element : messages) {
            JsonObject message = element.getAsJsonObject();
            int mode = MODES.indexOf(text(message, "delivery_mode"));
            assertThat(mode).isNotNegative();
            all.writeBytes(
                    PublishEncoder.message(
                            new Outgoing(
                                    text(message, "tenant"),
                                    text(message, "channel"),
                                    Vectors.bytes(message.get("payload")),
                                    mode),
                            id(message)));
        }
        byte[] frame = new byte[PublishEncoder.OVERHEAD + all.size()];
        System.arraycopy(all.toByteArray(), 0, frame, PublishEncoder.OVERHEAD, all.size());
        int start = PublishEncoder.headerBefore(frame, PublishEncoder.OVERHEAD, all.size());
        return Arrays.copyOfRange(frame, start, frame.length);
    }

    private static String text(JsonObject object, String member) {
        return object.get(member).getAsString();
    }

    private static long number(JsonObject object, String member) {
        return Long.parseUnsignedLong(object.get(member).getAsString());
    }

    private static long id(JsonObject object) {
        return number(object, "request_id");
    }

    @TestFactory
    Stream<DynamicTest> responses() {
        return cases("response").map(one -> test(one, () -> checkResponse(one)));
    }

    private static void checkResponse(JsonObject one) throws MalformedFrameException {
        byte[] frame = Vectors.bytes(one.get("frame"));
        Decoder decoder = new Decoder();
        if (!one.get("valid").getAsBoolean()) {
            assertThatThrownBy(() -> decoder.decode(frame, frame.length))
                    .isInstanceOf(MalformedFrameException.class);
            return;
        }
        SessionResponse response = decoder.decode(frame, frame.length);
        JsonObject event = one.getAsJsonObject("event");
        if (event == null) {
            assertThat(response).isNull();
            assertThat(decoder.batch().size()).isZero();
        } else if (event.has("deliveries")) {
            assertThat(response).isNull();
            checkDeliveries(
                    decoder.batch(),
                    event.getAsJsonObject("deliveries").getAsJsonArray("messages"));
        } else {
            String kind = event.keySet().iterator().next();
            assertThat(said(response)).isEqualTo(kind + ": " + expected(kind, event));
        }
    }

    private static void checkDeliveries(DeliveryBatch batch, JsonArray messages) {
        assertThat(batch.size()).isEqualTo(messages.size());
        for (int i = 0; i < batch.size(); i++) {
            JsonObject expected = messages.get(i).getAsJsonObject();
            var message = batch.message(i);
            assertThat(batch.origin(i)).isEqualTo(number(expected, "id_origin"));
            assertThat(batch.sequence(i)).isEqualTo(number(expected, "id_sequence"));
            assertThat(message.publishedAtUnixNanos())
                    .isEqualTo(number(expected, "published_at_unix_nanos"));
            assertThat(message.tenant()).isEqualTo(text(expected, "tenant"));
            assertThat(message.channel()).isEqualTo(text(expected, "channel"));
            assertThat(message.payloadBytes()).isEqualTo(Vectors.bytes(expected.get("payload")));
            List<Long> handles = new ArrayList<>();
            for (int h = batch.firstHandle(i); h < batch.endOfHandles(i); h++) {
                handles.add(batch.handle(h));
            }
            List<Long> wanted = new ArrayList<>();
            expected.getAsJsonArray("pattern_handles")
                    .forEach(handle -> wanted.add(Long.parseUnsignedLong(handle.getAsString())));
            assertThat(handles).isEqualTo(wanted);
        }
    }

    /** What an event says, as a text that both sides are turned into. */
    private static String said(SessionResponse response) {
        return switch (response.getEventCase()) {
            case WELCOME -> {
                var welcome = response.getWelcome();
                var limits = welcome.getLimits();
                yield "welcome: "
                        + List.of(
                                welcome.getSessionId(),
                                welcome.getNode(),
                                welcome.getServerVersion(),
                                limits.getMaxTenantBytes(),
                                limits.getMaxChannelBytes(),
                                limits.getMaxPayloadBytes(),
                                limits.getMaxFrameBytes(),
                                millis(welcome.getKeepAliveInterval()),
                                welcome.hasTokenExpiresAt()
                                        ? nanos(welcome.getTokenExpiresAt())
                                        : "-");
            }
            case SUCCESS -> {
                var success = response.getSuccess();
                yield "success: "
                        + List.of(
                                success.getRequestIdsList().stream()
                                        .map(Long::toUnsignedString)
                                        .toList(),
                                Long.toUnsignedString(success.getPatternHandle()),
                                success.hasTokenExpiresAt()
                                        ? nanos(success.getTokenExpiresAt())
                                        : "-");
            }
            case FAILURE -> {
                var failure = response.getFailure();
                yield "failure: "
                        + List.of(
                                Long.toUnsignedString(failure.getRequestId()),
                                Catalogue.nameOf(failure.getReason(), failure.getReasonValue()),
                                failure.getMessage(),
                                failure.getRetryable(),
                                failure.getClosesSession());
            }
            case LOST ->
                    "lost: " + List.of(Long.toUnsignedString(response.getLost().getMessages()));
            case SUBSCRIPTION_ENDED -> {
                var ended = response.getSubscriptionEnded();
                yield "subscription_ended: "
                        + List.of(
                                Long.toUnsignedString(ended.getPatternHandle()),
                                Catalogue.nameOf(ended.getReason(), ended.getReasonValue()),
                                ended.getMessage(),
                                ended.getTenant(),
                                ended.getPattern());
            }
            case GO_AWAY -> {
                var away = response.getGoAway();
                yield "go_away: "
                        + List.of(
                                Catalogue.nameOf(away.getReason(), away.getReasonValue()),
                                away.getMessage(),
                                millis(away.getTimeUntilClose()));
            }
            default -> throw new AssertionError("an unknown event: " + response.getEventCase());
        };
    }

    private static String expected(String kind, JsonObject event) {
        JsonObject said = event.getAsJsonObject(kind);
        List<String> members =
                switch (kind) {
                    case "welcome" ->
                            List.of(
                                    "session_id",
                                    "node",
                                    "server_version",
                                    "max_tenant_bytes",
                                    "max_channel_bytes",
                                    "max_payload_bytes",
                                    "max_frame_bytes",
                                    "keep_alive_interval_ms",
                                    "token_expires_at_unix_nanos");
                    case "success" ->
                            List.of("request_ids", "pattern_handle", "token_expires_at_unix_nanos");
                    case "failure" ->
                            List.of(
                                    "request_id",
                                    "reason",
                                    "message",
                                    "retryable",
                                    "closes_session");
                    case "lost" -> List.of("messages");
                    case "subscription_ended" ->
                            List.of("pattern_handle", "reason", "message", "tenant", "pattern");
                    case "go_away" -> List.of("reason", "message", "time_until_close_ms");
                    default -> throw new AssertionError("an unknown event: " + kind);
                };
        return members.stream().map(member -> member(said, member)).toList().toString();
    }

    private static String member(JsonObject said, String name) {
        JsonElement value =
                name.startsWith("max_") && said.has("limits")
                        ? said.getAsJsonObject("limits").get(name)
                        : said.get(name);
        if (value == null) {
            return name.startsWith("token_")
                    ? "-"
                    : name.startsWith("max_")
                                    || name.endsWith("_ms")
                                    || name.equals("pattern_handle")
                            ? "0"
                            : "";
        }
        if (value.isJsonArray()) {
            List<String> all = new ArrayList<>();
            value.getAsJsonArray().forEach(one -> all.add(one.getAsString()));
            return all.toString();
        }
        return value.getAsString();
    }

    private static long millis(Duration duration) {
        return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
    }

    private static long nanos(Timestamp time) {
        return time.getSeconds() * 1_000_000_000L + time.getNanos();
    }
}
