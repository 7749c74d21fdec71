package examples;

import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.Message;
import java.nio.charset.StandardCharsets;

/** Connects, subscribes, publishes, and reads what comes. */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] arguments) {
        System.out.println(run(Server.ofEnvironment()));
    }

    static String run(Server server) {
        try (var client = FastPubSub.connect(server.address(), server.accessToken());
                var subscription = client.subscribe("my-tenant", "orders.#").join()) {
            byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);
            client.publish("my-tenant", "orders.new", payload).join();
            for (Event event : subscription) {
                if (event instanceof Message message) {
                    return message.channel() + ": " + message.payloadText();
                }
            }
            return "closed before a message came";
        }
    }
}
