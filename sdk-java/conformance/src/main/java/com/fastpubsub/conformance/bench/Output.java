package com.fastpubsub.conformance.bench;

import java.util.Locale;

/** JSON lines on standard output. */
final class Output {
    private Output() {}

    static void ready() {
        line("{\"event\":\"ready\"}");
    }

    /** A result; the members are in the notation of JSON. */
    static void result(String members, Object... values) {
        line("{\"event\":\"result\"" + String.format(Locale.ROOT, members, values) + "}");
    }

    private static void line(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
