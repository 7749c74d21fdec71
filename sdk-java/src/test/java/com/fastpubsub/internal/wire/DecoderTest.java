package com.fastpubsub.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Message;
import com.fastpubsub.v1.Deliveries;
import com.fastpubsub.v1.Delivery;
import com.fastpubsub.v1.Lost;
import com.fastpubsub.v1.SessionResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SF-13: deliveries are read by hand exactly as the generated code reads them. */
class DecoderTest {
    private final Decoder decoder = new Decoder();
    private final Random random = new Random(3);

    private SessionResponse decode(byte[] frame) throws MalformedFrameException {
        byte[] longer = Arrays.copyOf(frame, frame.length + 10);
        SessionResponse response = decoder.decode(longer, frame.length);
        Arrays.fill(longer, (byte) 0xff); // the frame's memory is used again
        return response;
    }

    private Delivery randomDelivery() {
        byte[] payload = new byte[random.nextInt(300)];
        random.nextBytes(payload);
        Delivery.Builder delivery =
                Delivery.newBuilder()
                        .setIdOrigin(random.nextLong())
                        .setIdSequence(random.nextLong())
                        .setPublishedAtUnixNanos(random.nextLong())
                        .setTenant("tenant-" + random.nextInt(3))
                        .setChannel("channel." + random.nextInt(2000))
                        .setPayload(ByteString.copyFrom(payload));
        for (int i = random.nextInt(4); i >= 0; i--) {
            delivery.addPatternHandles(random.nextLong());
        }
        if (random.nextInt(10) == 0) {
            delivery.setUnknownFields(
                    UnknownFieldSet.newBuilder()
                            .addField(
                                    20,
                                    UnknownFieldSet.Field.newBuilder()
                                            .addVarint(1)
                                            .addFixed32(2)
                                            .addFixed64(3)
                                            .addLengthDelimited(ByteString.copyFromUtf8("new"))
                                            .addGroup(
                                                    UnknownFieldSet.newBuilder()
                                                            .addField(
                                                                    1,
                                                                    UnknownFieldSet.Field
                                                                            .newBuilder()
                                                                            .addVarint(1)
                                                                            .build())
                                                            .build())
                                            .build())
                            .build());
        }
        return delivery.build();
    }

    private static Delivery read(DeliveryBatch batch, int index) {
        Message message = batch.message(index);
        Delivery.Builder delivery =
                Delivery.newBuilder()
                        .setIdOrigin(batch.origin(index))
                        .setIdSequence(batch.sequence(index))
                        .setPublishedAtUnixNanos(message.publishedAtUnixNanos())
                        .setTenant(message.tenant())
                        .setChannel(message.channel())
                        .setPayload(ByteString.copyFrom(message.payload()));
        for (int i = batch.firstHandle(index); i < batch.endOfHandles(index); i++) {
            delivery.addPatternHandles(batch.handle(i));
        }
        assertThat(message.id().origin()).isEqualTo(batch.origin(index));
        assertThat(message.id().sequence()).isEqualTo(batch.sequence(index));
        return delivery.build();
    }

    private static List<Delivery> readAll(DeliveryBatch batch) {
        List<Delivery> all = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            all.add(read(batch, i));
        }
        return all;
    }

    private static Delivery known(Delivery delivery) {
        return delivery.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build();
    }

    @Test
    void deliveriesAreReadAsTheGeneratedCodeReadsThem() throws MalformedFrameException {
        for (int round = 0; round < 300; round++) {
            Deliveries.Builder deliveries = Deliveries.newBuilder();
            for (int i = random.nextInt(200); i >= 0; i--) {
                deliveries.addMessages(randomDelivery());
            }
            byte[] frame =
                    SessionResponse.newBuilder().setDeliveries(deliveries).build().toByteArray();
            assertThat(decode(frame)).isNull();
            assertThat(readAll(decoder.batch()))
                    .isEqualTo(
                            deliveries.getMessagesList().stream().map(DecoderTest::known).toList());
        }
    }

    @Test
    void framesMayBeConcatenated() throws MalformedFrameException {
        Delivery one = known(randomDelivery());
        Delivery two = known(randomDelivery());
        byte[] first = frame(one);
        byte[] second = frame(two);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThat(decode(both)).isNull();
        assertThat(readAll(decoder.batch())).containsExactly(one, two);
    }

    private static byte[] frame(Delivery delivery) {
        return SessionResponse.newBuilder()
                .setDeliveries(Deliveries.newBuilder().addMessages(delivery))
                .build()
                .toByteArray();
    }

    @Test
    void unpackedHandlesAreReadToo() throws MalformedFrameException {
        byte[] delivery = {7 << 3, 5, 7 << 3, 6};
        byte[] deliveries = {1 << 3 | 2, 4, delivery[0], delivery[1], delivery[2], delivery[3]};
        byte[] frame = new byte[2 + deliveries.length];
        frame[0] = 4 << 3 | 2;
        frame[1] = (byte) deliveries.length;
        System.arraycopy(deliveries, 0, frame, 2, deliveries.length);
        assertThat(decode(frame)).isNull();
        assertThat(read(decoder.batch(), 0).getPatternHandlesList()).containsExactly(5L, 6L);
    }

    @Test
    void otherEventsGoThroughTheGeneratedTypes() throws MalformedFrameException {
        SessionResponse lost =
                SessionResponse.newBuilder().setLost(Lost.newBuilder().setMessages(3)).build();
        assertThat(decode(lost.toByteArray())).isEqualTo(lost);
        assertThat(decoder.batch().size()).isZero();
    }

    @Test
    void ofSeveralEventsInOneFrameTheLastCounts() throws MalformedFrameException {
        SessionResponse lost =
                SessionResponse.newBuilder().setLost(Lost.newBuilder().setMessages(3)).build();
        Delivery delivery = known(randomDelivery());
        byte[] first = lost.toByteArray();
        byte[] second = frame(delivery);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThat(decode(both)).isNull();
        assertThat(readAll(decoder.batch())).containsExactly(delivery);
    }

    @Test
    void whatANewerServerInventsSaysNothing() throws MalformedFrameException {
        assertThat(decode(new byte[] {(byte) 0xa2, 1, 1, 0})).isNull();
        assertThat(decoder.batch().size()).isZero();
        assertThat(decode(new byte[0])).isNull();
    }

    @Test
    void namesThatAreNotUtf8AreMalformed() {
        byte[] frame = {4 << 3 | 2, 5, 1 << 3 | 2, 3, 4 << 3 | 2, 1, (byte) 0xff};
        assertThatThrownBy(() -> decode(frame)).isInstanceOf(MalformedFrameException.class);
    }

    /** No bytes make the decoder do anything but read or refuse, and it refuses what is refused. */
    @Test
    void damagedFramesAreRefusedOrRead() {
        for (int round = 0; round < 20_000; round++) {
            byte[] frame = frame(randomDelivery());
            for (int i = random.nextInt(3); i >= 0; i--) {
                frame[random.nextInt(Math.min(frame.length, 60))] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            boolean refused = false;
            try {
                decode(cut);
            } catch (MalformedFrameException malformed) {
                refused = true;
            }
            assertThat(refused).as(Arrays.toString(cut)).isEqualTo(isRefusedByGenerated(cut));
        }
    }

    private static boolean isRefusedByGenerated(byte[] frame) {
        try {
            SessionResponse.parseFrom(frame);
            return false;
        } catch (InvalidProtocolBufferException malformed) {
            return true;
        }
    }
}
