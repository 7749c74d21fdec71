package examples;

import com.fastpubsub.Event;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.Message;
import com.fastpubsub.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** One connection serves any number of subscriptions, here read as Flow publishers. */
public final class ManySubscriptions {
    private static final int COUNT = 100;

    private ManySubscriptions() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(run(Server.ofEnvironment()));
    }

    static String run(Server server) throws InterruptedException {
        CountDownLatch received = new CountDownLatch(COUNT);
        try (var client = FastPubSub.connect(server.address(), server.accessToken())) {
            List<CompletableFuture<Subscription>> subscriptions = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                subscriptions.add(client.subscribe("my-tenant", "sensors." + i));
            }
            for (CompletableFuture<Subscription> subscription : subscriptions) {
                subscription.join().subscribe(new Counter(received));
            }
            for (int i = 0; i < COUNT; i++) {
                client.publish("my-tenant", "sensors." + i, new byte[] {1});
            }
            received.await();
            return COUNT + " subscriptions, one connection";
        }
    }

    private record Counter(CountDownLatch received) implements Flow.Subscriber<Event> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Event event) {
            if (event instanceof Message) {
                received.countDown();
            }
        }

        @Override
        public void onError(Throwable failure) {
            System.out.println(failure.getMessage());
        }

        @Override
        public void onComplete() {
            // The client has been closed.
        }
    }
}
