package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.assertRefused;
import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static com.fastpubsub.integration.Reading.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.DeliveryMode;
import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.PublishOptions;
import com.fastpubsub.Reason;
import com.fastpubsub.Subscription;
import com.fastpubsub.SubscriptionOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-3 to SDK-6, SDK-11, SDK-13, SDK-18 against a real server. */
class DeliveryTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static FastPubSubClient connect(Transport transport) {
        return FastPubSub.connect(
                transport.address(server), server.issue(Duration.ofHours(1)).token());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPublishedIsDelivered(Transport transport) {
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "orders.#").join()) {
            client.publish("t", "orders.new", bytes("hello")).join();
            Message message = message(subscription);
            assertThat(message.payloadText()).isEqualTo("hello");
            assertThat(message.tenant()).isEqualTo("t");
            assertThat(message.channel()).isEqualTo("orders.new");
            assertThat(message.publishedAt())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
            assertThat(message.id().origin()).isNotZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void payloadsOfEverySizeArriveWhole(Transport transport) {
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "size").join()) {
            for (int size : List.of(0, 1, 127, 128, 16_383, 16_384, 65_535)) {
                byte[] payload = new byte[size];
                for (int i = 0; i < size; i++) {
                    payload[i] = (byte) (i * 31);
                }
                client.publish("t", "size", payload).join();
                assertThat(message(subscription).payloadBytes()).isEqualTo(payload);
            }
            assertRefused(
                    Reason.PAYLOAD_TOO_LARGE,
                    () -> client.publish("t", "size", new byte[65_536]).join());
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesComeInOrder(Transport transport) {
        int count = 20_000;
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "numbers").join()) {
            for (int i = 0; i < count; i++) {
                client.publish(
                        "t",
                        "numbers",
                        bytes(Integer.toString(i)),
                        PublishOptions.DEFAULT.withoutAcknowledgement());
            }
            assertThat(texts(subscription, count))
                    .isEqualTo(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageReachesEverySubscriptionThatMatches(Transport transport) {
        try (var client = connect(transport);
                var exact = client.subscribe("t", "m.x").join();
                var star = client.subscribe("t", "m.*").join();
                var again = client.subscribe("t", "m.*").join();
                var other = client.subscribe("t", "n.*").join()) {
            client.publish("t", "m.x", bytes("1")).join();
            client.publish("t", "n.x", bytes("2")).join();
            for (Subscription subscription : List.of(exact, star, again)) {
                assertThat(message(subscription).payloadText()).isEqualTo("1");
            }
            assertThat(message(other).payloadText()).isEqualTo("2");
            assertThat(star.next(Duration.ZERO)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterUnsubscribingNothingComes(Transport transport) {
        try (var client = connect(transport);
                var sentinel = client.subscribe("t", "end.*").join()) {
            Subscription subscription = client.subscribe("t", "end.x").join();
            client.publish("t", "end.x", bytes("1")).join();
            subscription.unsubscribe().join();
            client.publish("t", "end.x", bytes("2")).join();
            assertThat(texts(sentinel, 2)).containsExactly("1", "2");
            List<String> seen = new ArrayList<>();
            for (Event event : subscription) {
                seen.add(((Message) event).payloadText());
            }
            assertThat(seen).containsExactly("1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void deliverOneReachesExactlyOne(Transport transport) {
        try (var one = connect(transport);
                var two = connect(transport);
                var first = one.subscribe("t", "jobs").join();
                var second = two.subscribe("t", "jobs").join()) {
            int count = 50;
            for (DeliveryMode mode :
                    List.of(DeliveryMode.ONE_LOW_LATENCY, DeliveryMode.ONE_RANDOM)) {
                for (int i = 0; i < count; i++) {
                    one.publish(
                                    "t",
                                    "jobs",
                                    bytes("job"),
                                    PublishOptions.DEFAULT.withDeliveryMode(mode))
                            .join();
                }
                one.publish("t", "jobs", bytes("end")).join();
                assertThat(untilEnd(first) + untilEnd(second)).isEqualTo(count);
            }
        }
    }

    private static int untilEnd(Subscription subscription) {
        int count = 0;
        while (!message(subscription).payloadText().equals("end")) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource
    void aSlowApplicationIsToldWhatItMissed(Transport transport) {
        SubscriptionOptions small = SubscriptionOptions.DEFAULT.withBufferMessages(10);
        try (var client = connect(transport);
                var slow = client.subscribe("t", "fast", small).join()) {
            for (int i = 1; i <= 100; i++) {
                client.publish("t", "fast", bytes(Integer.toString(i)));
            }
            client.ping().join();
            assertThat(slow.next(Duration.ofSeconds(30))).contains(new Lagged(90, false));
            assertThat(texts(slow, 10)).startsWith("91").endsWith("100");
            client.publish("t", "fast", bytes("101")).join();
            assertThat(message(slow).payloadText()).isEqualTo("101");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theClientsBufferIsThatOfItsSubscriptions(Transport transport) {
        ClientOptions options =
                ClientOptions.withToken(server.issue(Duration.ofHours(1)).token())
                        .subscriptionBuffer(2, 1 << 20)
                        .build();
        SubscriptionOptions large = SubscriptionOptions.DEFAULT.withBufferMessages(5);
        try (var client = FastPubSub.connect(transport.address(server), options);
                var small = client.subscribe("t", "buffer").join();
                var own = client.subscribe("t", "buffer", large).join()) {
            for (int i = 1; i <= 5; i++) {
                client.publish("t", "buffer", bytes(Integer.toString(i)));
            }
            client.ping().join();
            assertThat(small.next(Duration.ofSeconds(30))).contains(new Lagged(3, false));
            assertThat(texts(small, 2)).containsExactly("4", "5");
            assertThat(texts(own, 5)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSubscriptionIsAPublisher(Transport transport) {
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "flow").join()) {
            subscription.subscribe(new Collector(seen, 3));
            for (String text : List.of("1", "2", "3")) {
                client.publish("t", "flow", bytes(text)).join();
            }
            assertThat(seen.join()).containsExactly("1", "2", "3");
        }
    }

    private record Collector(CompletableFuture<List<String>> seen, int count, List<String> texts)
            implements Flow.Subscriber<Event> {
        Collector(CompletableFuture<List<String>> seen, int count) {
            this(seen, count, new ArrayList<>());
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Event event) {
            texts.add(((Message) event).payloadText());
            if (texts.size() == count) {
                seen.complete(texts);
            }
        }

        @Override
        public void onError(Throwable failure) {
            seen.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {}
    }

    @ParameterizedTest
    @EnumSource
    void threadsShareAClient(Transport transport) throws InterruptedException {
        int threads = 8;
        int each = 500;
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "shared.#").join()) {
            List<Thread> publishers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String channel = "shared." + t;
                Thread publisher =
                        new Thread(
                                () -> {
                                    try (var own = client.subscribe("t", channel).join()) {
                                        for (int i = 0; i < each; i++) {
                                            client.publish("t", channel, bytes("" + i));
                                        }
                                        for (int i = 0; i < each; i++) {
                                            assertThat(message(own).payloadText())
                                                    .isEqualTo("" + i);
                                        }
                                    }
                                });
                publisher.start();
                publishers.add(publisher);
            }
            for (Thread publisher : publishers) {
                publisher.join();
            }
            assertThat(texts(subscription, threads * each)).hasSize(threads * each);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stagesMayBlockAndCallTheClient(Transport transport) {
        try (var client = connect(transport)) {
            CompletableFuture<String> chained =
                    client.publish("t", "a", bytes("1"))
                            .thenApply(
                                    done -> {
                                        client.publish("t", "a", bytes("2")).join();
                                        return client.ping().join().toString();
                                    });
            assertThat(chained.join()).startsWith("PT");
            assertThat(client.roundTripTime()).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptGivesUpWaiting(Transport transport) throws IOException {
        try (var client = connect(transport);
                var subscription = client.subscribe("t", "quiet").join();
                var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.currentThread().interrupt();
            assertRefused(Reason.CANCELED, subscription::next);
            assertThat(Thread.interrupted()).isTrue();
            URI neverAnswers = transport.address(silent.getLocalPort());
            Thread.currentThread().interrupt();
            assertRefused(
                    Reason.CANCELED, () -> FastPubSub.connect(neverAnswers, "AT_a_b").close());
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
