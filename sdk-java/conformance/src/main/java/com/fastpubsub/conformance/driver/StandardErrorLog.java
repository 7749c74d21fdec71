package com.fastpubsub.conformance.driver;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The library's log on standard error, in detail: the runner looks for secrets in it. */
final class StandardErrorLog {
    private static final Logger LIBRARY = Logger.getLogger("com.fastpubsub"); // must not be lost

    private StandardErrorLog() {}

    static void start() {
        ConsoleHandler handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        LIBRARY.setLevel(Level.FINE);
        LIBRARY.setUseParentHandlers(false);
        LIBRARY.addHandler(handler);
    }
}
