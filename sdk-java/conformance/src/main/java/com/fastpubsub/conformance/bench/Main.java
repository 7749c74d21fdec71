package com.fastpubsub.conformance.bench;

/**
 * One measure of one process: {@code bench --measure receive --url ws://… …}, with the access token
 * in the environment variable FASTPUBSUB_TOKEN. Standard output has JSON lines and nothing else.
 * The exit code is 0, 1 (it failed) or 2 (wrong use).
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    /**
     * Measures.
     *
     * @param arguments flags, each with a value
     */
    public static void main(String[] arguments) {
        Settings settings;
        try {
            settings = Settings.parse(arguments, System.getenv("FASTPUBSUB_TOKEN"));
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage() + "\n" + Settings.USAGE);
            System.exit(WRONG_USE);
            return;
        }
        try {
            measure(settings);
        } catch (Exception | Error failure) {
            System.err.println("bench: " + failure);
            System.exit(FAILED);
        }
        System.exit(0);
    }

    private static void measure(Settings settings) throws InterruptedException {
        switch (settings.measure()) {
            case "receive" -> Receive.run(settings);
            case "publish" -> Publish.run(settings);
            case "latency" -> Latency.run(settings);
            case "subscriptions" -> Subscriptions.run(settings);
            default -> Start.run(settings);
        }
    }
}
