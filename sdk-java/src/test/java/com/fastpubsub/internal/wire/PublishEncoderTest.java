package com.fastpubsub.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.v1.OutgoingMessage;
import com.fastpubsub.v1.PublishCommand;
import com.fastpubsub.v1.SessionRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SF-8: publishes are written by hand exactly as the generated code writes them. */
class PublishEncoderTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 0",
        "127, 127, 1",
        "128, 128, 2",
        "16383, 300, 3",
        "16384, 65535, 0",
        "-1, 5, 3",
        "9223372036854775807, 70000, 2"
    })
    void messagesAreWrittenAsTheGeneratedCodeWritesThem(long id, int size, int mode)
            throws InvalidProtocolBufferException {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 0xab);
        byte[] encoded =
                PublishEncoder.message(new Outgoing("my-tenant", "a.b", payload, mode), id);
        byte[] frame = new byte[PublishEncoder.OVERHEAD + encoded.length];
        System.arraycopy(encoded, 0, frame, PublishEncoder.OVERHEAD, encoded.length);
        int start = PublishEncoder.headerBefore(frame, PublishEncoder.OVERHEAD, encoded.length);

        SessionRequest expected =
                SessionRequest.newBuilder()
                        .setPublish(
                                PublishCommand.newBuilder()
                                        .addMessages(
                                                OutgoingMessage.newBuilder()
                                                        .setRequestId(id)
                                                        .setTenant("my-tenant")
                                                        .setChannel("a.b")
                                                        .setPayload(ByteString.copyFrom(payload))
                                                        .setDeliveryModeValue(mode)))
                        .build();
        ByteBuffer written = ByteBuffer.wrap(frame, start, frame.length - start);
        assertThat(SessionRequest.parseFrom(written)).isEqualTo(expected);
        assertThat(frame.length - start).isEqualTo(expected.getSerializedSize());
    }
}
