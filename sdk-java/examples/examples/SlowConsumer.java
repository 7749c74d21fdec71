package examples;

import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.Lagged;
import com.fastpubsub.SubscriptionOptions;

/** An application that reads too slowly is told what it has missed, and goes on. */
public final class SlowConsumer {
    private static final int COUNT = 100;
    private static final int BUFFER = 10;

    private SlowConsumer() {}

    public static void main(String[] arguments) {
        System.out.println(run(Server.ofEnvironment()));
    }

    static String run(Server server) {
        SubscriptionOptions small = SubscriptionOptions.DEFAULT.withBufferMessages(BUFFER);
        try (var client = FastPubSub.connect(server.address(), server.accessToken());
                var subscription = client.subscribe("my-tenant", "fast", small).join()) {
            for (int i = 0; i < COUNT; i++) {
                client.publish("my-tenant", "fast", new byte[] {(byte) i});
            }
            client.ping().join(); // everything has come back, and nobody has read
            long missed = 0;
            int read = 0;
            while (missed + read < COUNT) {
                Event event = subscription.next().orElseThrow();
                if (event instanceof Lagged lagged) {
                    missed += lagged.missed();
                } else {
                    read++;
                }
            }
            return "read " + read + ", missed " + missed;
        }
    }
}
