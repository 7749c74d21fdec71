package examples;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.PublishOptions;
import com.fastpubsub.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Acknowledged publishes, many in flight, and publishes without acknowledgement. */
public final class Publishing {
    private static final int COUNT = 1000;

    private Publishing() {}

    public static void main(String[] arguments) {
        System.out.println(run(Server.ofEnvironment()));
    }

    static String run(Server server) {
        ClientOptions options =
                ClientOptions.withToken(server.accessToken())
                        .onError(refused -> System.out.println("refused: " + refused.reason()))
                        .build();
        try (var client = FastPubSub.connect(server.address(), options)) {
            // Each completes when the server has accepted the message.
            List<CompletableFuture<Void>> published = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                byte[] payload = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
                published.add(client.publish("my-tenant", "numbers", payload));
            }
            published.forEach(CompletableFuture::join);

            // Handed over at once; a refusal goes to the error handler.
            PublishOptions unacknowledged = PublishOptions.DEFAULT.withoutAcknowledgement();
            for (int i = 0; i < COUNT; i++) {
                client.publish("my-tenant", "numbers", new byte[] {1}, unacknowledged);
            }

            // A refusal has a reason of the catalogue.
            try {
                client.publish("not-my-tenant", "numbers", new byte[0]).join();
                return "allowed";
            } catch (CompletionException failure) {
                if (failure.getCause() instanceof FastPubSubException refusal
                        && refusal.reason() == Reason.PUBLISH_DENIED) {
                    return COUNT + " acknowledged, then PUBLISH_DENIED";
                }
                throw failure;
            }
        }
    }
}
