package com.fastpubsub.conformance.bench;

/** From the start of the process to its first message; who has started it measures. */
final class Start {
    private Start() {}

    static void run(Settings settings) {
        try (var client = settings.connect();
                var subscription =
                        client.subscribe(settings.tenant(), settings.channel()).join()) {
            client.publish(
                    settings.tenant(), settings.channel(), new byte[settings.payloadBytes()]);
            subscription
                    .next()
                    .orElseThrow(() -> new IllegalStateException("the subscription has ended"));
            Output.result("");
        }
    }
}
