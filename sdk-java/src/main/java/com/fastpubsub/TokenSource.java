package com.fastpubsub;

import org.jspecify.annotations.Nullable;

/**
 * Gives access tokens. It is asked before every attempt to connect, and shortly before the token in
 * use expires: the fresh one then replaces it without reconnecting.
 */
@FunctionalInterface
public interface TokenSource {
    /**
     * Gives a token that is valid now. It may block; it is called on a thread of the client's own,
     * which is interrupted when the client is closed.
     *
     * @return the token, {@code AT_<id>_<secret>}
     * @throws Exception when there is none now; the client asks again later, unless it is a {@link
     *     FastPubSubException} that is not retryable, as that of {@link
     *     FastPubSubException#tokenSourceGaveUp}
     */
    @Nullable String token() throws Exception;
}
