package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.bytes;
import static com.fastpubsub.integration.Reading.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.ClientState;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.Subscription;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-9: a rolling restart loses nothing, and shows nothing twice. */
class DrainTest {
    private static final int MOVES = 3;

    private final StateLog states = new StateLog();

    @ParameterizedTest
    @EnumSource
    void everyNumberIsSeenOnceAndInOrder(Transport transport) {
        TestServer server = TestServer.start();
        try (StableAddress address = new StableAddress(transport.port(server))) {
            // The tokens of one server are not known to the next one: a source finds the newest.
            TestServer[] newest = {server};
            ClientOptions options =
                    ClientOptions.withTokenSource(() -> newest[0].accessToken())
                            .backoff(Duration.ofMillis(20), Duration.ofMillis(200))
                            .onState(states)
                            .build();
            URI stable = transport.address(address.port());
            try (var client = FastPubSub.connect(stable, options);
                    var subscription = client.subscribe("my-tenant", "numbers").join()) {
                Writer writer = new Writer(client);
                CompletableFuture<Integer> written = CompletableFuture.supplyAsync(writer::write);
                int seen = 0;
                for (int move = 0; move < MOVES; move++) {
                    TestServer old = newest[0];
                    newest[0] = TestServer.start();
                    address.pointTo(transport.port(newest[0]));
                    old.drain();
                    seen = readUntilServedBy(newest[0], subscription, seen);
                    old.close();
                }
                writer.stop.set(true);
                int last = written.join();
                while (seen < last) {
                    assertThat(message(subscription).payloadText()).isEqualTo("" + seen++);
                }
                assertThat(states.states())
                        .containsExactly(ClientState.CONNECTING, ClientState.CONNECTED);
            } finally {
                newest[0].close();
            }
        }
    }

    /** Reads on until messages come that the new server has accepted. */
    private static int readUntilServedBy(
            TestServer server, Subscription subscription, int alreadySeen) {
        int seen = alreadySeen;
        long origin = originOf(server);
        while (true) {
            var message = message(subscription);
            assertThat(message.payloadText()).isEqualTo("" + seen++);
            if (message.id().origin() == origin) {
                return seen;
            }
        }
    }

    /** The number of a server, learnt from a message of its own. */
    private static long originOf(TestServer server) {
        try (FastPubSubClient other =
                        FastPubSub.connect(Transport.GRPC.address(server), server.accessToken());
                var probe = other.subscribe("my-tenant", "probe").join()) {
            other.publish("my-tenant", "probe", bytes("")).join();
            return message(probe).id().origin();
        }
    }

    private record Writer(FastPubSubClient client, AtomicBoolean stop) {
        Writer(FastPubSubClient client) {
            this(client, new AtomicBoolean());
        }

        int write() {
            int number = 0;
            while (!stop.get()) {
                client.publish("my-tenant", "numbers", bytes("" + number++)).join();
            }
            return number;
        }
    }
}
