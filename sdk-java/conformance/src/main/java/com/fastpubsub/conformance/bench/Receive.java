package com.fastpubsub.conformance.bench;

/** What receiving costs; somebody else publishes. */
final class Receive {
    private Receive() {}

    static void run(Settings settings) {
        try (var client = settings.connect();
                var subscription =
                        client.subscribe(settings.tenant(), settings.channel(), Numbers.BUFFER)
                                .join()) {
            Output.ready();
            long end = (long) settings.warmUp() + settings.messages();
            Usage start = Usage.now();
            for (long number = 0; number < end; number++) {
                if (number == settings.warmUp()) {
                    start = Usage.now();
                }
                Numbers.payload(subscription, number);
            }
            start.print(settings.messages());
        }
    }
}
