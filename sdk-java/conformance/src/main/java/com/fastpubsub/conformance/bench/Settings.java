package com.fastpubsub.conformance.bench;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is to be measured. The token is a secret. */
record Settings(
        String measure,
        String url,
        String token,
        String tenant,
        String channel,
        int messages,
        int warmUp,
        int payloadBytes,
        int rate,
        int inFlight,
        int subscriptions) {
    static final String USAGE =
            "use: FASTPUBSUB_TOKEN=AT_… bench --measure receive|publish|latency|subscriptions|start"
                + " --url ws://…|grpc://… [--tenant T] [--channel C] [--messages N] [--warm-up W]"
                + " [--payload-bytes B] [--rate R] [--in-flight F] [--subscriptions S]";

    /** A payload begins with its number and the time when it was sent. */
    private static final int HEADER_BYTES = 16;

    private static final List<String> MEASURES =
            List.of("receive", "publish", "latency", "subscriptions", "start");
    private static final Set<String> FLAGS =
            Set.of(
                    "--measure",
                    "--url",
                    "--tenant",
                    "--channel",
                    "--messages",
                    "--warm-up",
                    "--payload-bytes",
                    "--rate",
                    "--in-flight",
                    "--subscriptions");

    static Settings parse(String[] arguments, String token) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!FLAGS.contains(arguments[i])) {
                throw new IllegalArgumentException("there is no flag " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " has no value");
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        String measure = given.getOrDefault("--measure", "");
        if (!MEASURES.contains(measure)) {
            throw new IllegalArgumentException("--measure is one of " + String.join(", ", MEASURES));
        }
        if (!given.containsKey("--url") || token == null || token.isEmpty()) {
            throw new IllegalArgumentException("--url and FASTPUBSUB_TOKEN are needed");
        }
        return new Settings(
                measure,
                given.get("--url"),
                token,
                given.getOrDefault("--tenant", "~"),
                given.getOrDefault("--channel", "bench"),
                number(given, "--messages", 1_000_000, 1),
                number(given, "--warm-up", 100_000, 0),
                number(given, "--payload-bytes", 128, HEADER_BYTES),
                number(given, "--rate", 1000, 1),
                number(given, "--in-flight", 1024, 1),
                number(given, "--subscriptions", 10_000, 1));
    }

    private static int number(
            Map<String, String> given, String flag, int otherwise, int atLeast) {
        String text = given.get(flag);
        if (text == null) {
            return otherwise;
        }
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(flag + " is a number, not " + text, wrong);
        }
        if (number < atLeast) {
            throw new IllegalArgumentException(flag + " is at least " + atLeast);
        }
        return number;
    }

    FastPubSubClient connect() {
        return FastPubSub.connect(url, ClientOptions.withToken(token).build());
    }

    @Override
    public String toString() {
        return "Settings[" + measure + ", " + url + "]";
    }
}
