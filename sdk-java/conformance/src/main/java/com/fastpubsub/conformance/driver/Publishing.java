package com.fastpubsub.conformance.driver;

import com.fastpubsub.DeliveryMode;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.PublishOptions;
import com.fastpubsub.conformance.v1.PublishBurstCommand;
import com.fastpubsub.conformance.v1.PublishCommand;
import com.fastpubsub.conformance.v1.Result;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Publishes. */
final class Publishing {
    private Publishing() {}

    /** Starts one publish. */
    static CompletableFuture<Void> one(FastPubSubClient client, PublishCommand command) {
        PublishOptions options = options(command.getUnacknowledged());
        options =
                switch (command.getDeliveryMode()) {
                    case DELIVERY_MODE_ONE_LOW_LATENCY ->
                            options.withDeliveryMode(DeliveryMode.ONE_LOW_LATENCY);
                    case DELIVERY_MODE_ONE_RANDOM ->
                            options.withDeliveryMode(DeliveryMode.ONE_RANDOM);
                    default -> options;
                };
        if (command.hasTimeout()) {
            options = options.withTimeout(ClientSettings.duration(command.getTimeout()));
        }
        return client.publish(
                command.getTenant(),
                command.getChannel(),
                command.getPayload().toByteArray(),
                options);
    }

    /** The library's type does not let anybody ask for a mode that does not exist. */
    static Result.Builder noSuchMode(PublishCommand command) {
        return Result.newBuilder()
                .setUnsupported(
                        "this SDK has no such delivery mode: " + command.getDeliveryModeValue());
    }

    private static PublishOptions options(boolean unacknowledged) {
        return unacknowledged
                ? PublishOptions.DEFAULT.withoutAcknowledgement()
                : PublishOptions.DEFAULT;
    }

    /** Starts all publishes before it waits for any; throws the first error. */
    static void burst(
            FastPubSubClient client, PublishBurstCommand command, RunningCommand running) {
        PublishOptions options = options(command.getUnacknowledged());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < command.getCount(); i++) {
            byte[] payload = new byte[Math.max(Long.BYTES, command.getPayloadBytes())];
            ByteBuffer.wrap(payload).putLong(command.getFirst() + i);
            all.add(
                    client.publish(command.getTenant(), command.getChannel(), payload, options));
        }
        running.waits(() -> all.forEach(published -> published.cancel(true)));
        RuntimeException first = null;
        for (CompletableFuture<Void> published : all) {
            try {
                published.join();
            } catch (CompletionException | CancellationException failure) {
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
