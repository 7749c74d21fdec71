package com.fastpubsub.conformance.bench;

import com.fastpubsub.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What subscriptions of one connection cost in memory. */
final class Subscriptions {
    private static final int COLLECTIONS = 5;

    private Subscriptions() {}

    static void run(Settings settings) {
        try (var client = settings.connect()) {
            long before = liveHeap();
            List<Subscription> kept = subscribeAll(settings, client);
            long after = liveHeap();
            Output.result(
                    ",\"subscriptions\":%d,\"bytes\":%d,\"memory\":\"heap\"",
                    kept.size(), after - before);
        }
    }

    private static List<Subscription> subscribeAll(
            Settings settings, com.fastpubsub.FastPubSubClient client) {
        List<CompletableFuture<Subscription>> asked = new ArrayList<>();
        for (int i = 0; i < settings.subscriptions(); i++) {
            asked.add(client.subscribe(settings.tenant(), settings.channel() + "." + i));
        }
        List<Subscription> kept = new ArrayList<>(asked.size());
        asked.forEach(subscription -> kept.add(subscription.join()));
        return kept;
    }

    private static long liveHeap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
