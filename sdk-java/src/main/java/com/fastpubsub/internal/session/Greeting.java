package com.fastpubsub.internal.session;

import com.fastpubsub.v1.Welcome;
import com.google.protobuf.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The server's first word.
 *
 * @param sessionId names the session in the server's logs
 * @param node the server's name
 * @param serverVersion the server's version
 * @param limits what it accepts
 * @param keepAliveNanos how often to ping
 */
public record Greeting(
        String sessionId,
        String node,
        String serverVersion,
        SessionLimits limits,
        long keepAliveNanos) {
    private static final long DEFAULT_KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(20);

    static Greeting of(Welcome welcome) {
        long keepAlive = nanos(welcome.getKeepAliveInterval());
        return new Greeting(
                welcome.getSessionId(),
                welcome.getNode(),
                welcome.getServerVersion(),
                SessionLimits.of(welcome.getLimits()),
                keepAlive > 0 ? keepAlive : DEFAULT_KEEP_ALIVE_NANOS);
    }

    static long nanos(Duration duration) {
        return TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
    }
}
