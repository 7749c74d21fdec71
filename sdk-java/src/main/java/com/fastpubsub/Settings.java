package com.fastpubsub;

import java.time.Duration;

/** Checks of settings. A wrong one is named, with what it got and what it accepts. */
final class Settings {
    /** Beyond this a number of nanoseconds may overflow where times are added. */
    private static final Duration LONGEST = Duration.ofDays(365L * 100);

    private Settings() {}

    static Duration requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw FastPubSubException.invalid(
                    name + " is " + value + "; it must be longer than 0 and at most 100 years");
        }
        return value;
    }

    static int requirePositive(String name, int value) {
        if (value <= 0) {
            throw FastPubSubException.invalid(name + " is " + value + "; it must be at least 1");
        }
        return value;
    }
}
