package com.fastpubsub.internal.transport;

import java.net.http.HttpClient;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The end of the platform's HTTP client, of which it leaves a thread behind before Java 21. */
public final class PlatformHttp {
    private static final Pattern NUMBER = Pattern.compile("\\((\\d+)\\)$");
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private PlatformHttp() {}

    /**
     * Ends a client that is not used any more. Since Java 21 it can be closed. Before, its selector
     * thread stops by itself some time after the client has been collected, and at once when it is
     * interrupted, which is done here to the one thread that has the client's own number in its
     * name.
     */
    public static void end(HttpClient client) {
        if ((Object) client instanceof AutoCloseable closable) {
            try {
                closable.close();
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
            return;
        }
        Matcher number = NUMBER.matcher(client.toString());
        if (number.find()) {
            endThread("HttpClient-" + number.group(1) + "-SelectorManager");
        }
    }

    private static void endThread(String name) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(name)) {
                thread.interrupt();
                try {
                    thread.join(END_MILLIS);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
