package com.fastpubsub;

import com.fastpubsub.internal.secret.SecretText;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a client connects and behaves. Immutable. Only the token has no default. */
public final class ClientOptions {
    private final @Nullable SecretText token;
    private final @Nullable TokenSource tokenSource;
    private final TlsOptions tls;
    private final Duration connectTimeout;
    private final Duration attemptTimeout;
    private final Duration callTimeout;
    private final Duration closeTimeout;
    private final Duration backoffMin;
    private final Duration backoffMax;
    private final int publishBufferMessages;
    private final int publishBufferBytes;
    private final int subscriptionBufferMessages;
    private final int subscriptionBufferBytes;
    private final @Nullable Executor executor;
    private final Consumer<ClientStatus> onState;
    private final @Nullable Consumer<FastPubSubException> onError;

    private ClientOptions(Builder builder) {
        token = builder.token;
        tokenSource = builder.tokenSource;
        tls = builder.tls;
        connectTimeout = builder.connectTimeout;
        attemptTimeout = builder.attemptTimeout;
        callTimeout = builder.callTimeout;
        closeTimeout = builder.closeTimeout;
        backoffMin = builder.backoffMin;
        backoffMax = builder.backoffMax;
        publishBufferMessages = builder.publishBufferMessages;
        publishBufferBytes = builder.publishBufferBytes;
        subscriptionBufferMessages = builder.subscriptionBufferMessages;
        subscriptionBufferBytes = builder.subscriptionBufferBytes;
        executor = builder.executor;
        onState = builder.onState;
        onError = builder.onError;
    }

    /**
     * A client with one access token. When it expires the client ends; give a {@link TokenSource}
     * to a client that has to live longer.
     *
     * @param token the token, {@code AT_<id>_<secret>}
     * @return a builder
     */
    public static Builder withToken(String token) {
        return new Builder(new SecretText(Objects.requireNonNull(token, "token")), null);
    }

    /**
     * A client that asks for its access tokens.
     *
     * @param source gives tokens
     * @return a builder
     */
    public static Builder withTokenSource(TokenSource source) {
        return new Builder(null, Objects.requireNonNull(source, "source"));
    }

    @Nullable SecretText token() {
        return token;
    }

    @Nullable TokenSource tokenSource() {
        return tokenSource;
    }

    TlsOptions tls() {
        return tls;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    Duration attemptTimeout() {
        return attemptTimeout;
    }

    Duration callTimeout() {
        return callTimeout;
    }

    Duration closeTimeout() {
        return closeTimeout;
    }

    Duration backoffMin() {
        return backoffMin;
    }

    Duration backoffMax() {
        return backoffMax;
    }

    int publishBufferMessages() {
        return publishBufferMessages;
    }

    int publishBufferBytes() {
        return publishBufferBytes;
    }

    int subscriptionBufferMessages() {
        return subscriptionBufferMessages;
    }

    int subscriptionBufferBytes() {
        return subscriptionBufferBytes;
    }

    @Nullable Executor executor() {
        return executor;
    }

    Consumer<ClientStatus> onState() {
        return onState;
    }

    @Nullable Consumer<FastPubSubException> onError() {
        return onError;
    }

    /** For people; the token is not shown. */
    @Override
    public String toString() {
        return ("ClientOptions[token=%s, tls=%s, connectTimeout=%s, attemptTimeout=%s, callTimeout=%s,"
                        + " closeTimeout=%s, backoff=%s..%s, publishBuffer=%d messages/%d bytes,"
                        + " subscriptionBuffer=%d messages/%d bytes]")
                .formatted(
                        token == null ? "from a source" : token,
                        tls,
                        connectTimeout,
                        attemptTimeout,
                        callTimeout,
                        closeTimeout,
                        backoffMin,
                        backoffMax,
                        publishBufferMessages,
                        publishBufferBytes,
                        subscriptionBufferMessages,
                        subscriptionBufferBytes);
    }

    /**
     * Makes {@link ClientOptions}. Every value is checked when it is set. Not for concurrent use.
     */
    public static final class Builder {
        private static final int DEFAULT_BUFFER_MESSAGES = 65_536;
        private static final int DEFAULT_PUBLISH_BUFFER_BYTES = 16 << 20;
        private static final int DEFAULT_SUBSCRIPTION_BUFFER_BYTES = 8 << 20;

        private final @Nullable SecretText token;
        private final @Nullable TokenSource tokenSource;
        private TlsOptions tls = TlsOptions.DEFAULT;
        private Duration connectTimeout = Duration.ofSeconds(30);
        private Duration attemptTimeout = Duration.ofSeconds(15);
        private Duration callTimeout = Duration.ofSeconds(30);
        private Duration closeTimeout = Duration.ofSeconds(10);
        private Duration backoffMin = Duration.ofMillis(100);
        private Duration backoffMax = Duration.ofSeconds(30);
        private int publishBufferMessages = DEFAULT_BUFFER_MESSAGES;
        private int publishBufferBytes = DEFAULT_PUBLISH_BUFFER_BYTES;
        private int subscriptionBufferMessages = DEFAULT_BUFFER_MESSAGES;
        private int subscriptionBufferBytes = DEFAULT_SUBSCRIPTION_BUFFER_BYTES;
        private @Nullable Executor executor;
        private Consumer<ClientStatus> onState = status -> {};
        private @Nullable Consumer<FastPubSubException> onError;

        private Builder(@Nullable SecretText token, @Nullable TokenSource tokenSource) {
            this.token = token;
            this.tokenSource = tokenSource;
        }

        /**
         * Secures connections with TLS. Default: the system's roots.
         *
         * @param options the security
         * @return this builder
         */
        public Builder tls(TlsOptions options) {
            tls = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Bounds connecting as a whole, with all its attempts. Default: 30 s.
         *
         * @param limit more than 0
         * @return this builder
         */
        public Builder connectTimeout(Duration limit) {
            connectTimeout = Settings.requirePositive("connectTimeout", limit);
            return this;
        }

        /**
         * Bounds one attempt to connect, from the token to the server's welcome. Default: 15 s.
         *
         * @param limit more than 0
         * @return this builder
         */
        public Builder attemptTimeout(Duration limit) {
            attemptTimeout = Settings.requirePositive("attemptTimeout", limit);
            return this;
        }

        /**
         * Bounds every call that has no timeout of its own, waiting for a connection included.
         * Default: 30 s.
         *
         * @param limit more than 0
         * @return this builder
         */
        public Builder callTimeout(Duration limit) {
            callTimeout = Settings.requirePositive("callTimeout", limit);
            return this;
        }

        /**
         * Bounds how long closing waits until the server has handled what was handed over. Default:
         * 10 s.
         *
         * @param limit more than 0
         * @return this builder
         */
        public Builder closeTimeout(Duration limit) {
            closeTimeout = Settings.requirePositive("closeTimeout", limit);
            return this;
        }

        /**
         * Sets how long the client waits between attempts to connect: a random time up to the
         * first, which is doubled after every failure up to the second. Default: 100 ms and 30 s.
         *
         * @param first the longest wait after the first failure
         * @param longest the longest wait ever, at least as long as the first
         * @return this builder
         */
        public Builder backoff(Duration first, Duration longest) {
            Settings.requirePositive("backoff", first);
            Settings.requirePositive("backoff", longest);
            if (first.compareTo(longest) > 0) {
                throw FastPubSubException.invalid(
                        "backoff begins with %s and ends with %s; it must not get shorter"
                                .formatted(first, longest));
            }
            backoffMin = first;
            backoffMax = longest;
            return this;
        }

        /**
         * Bounds the publishes that wait for a connection, to be sent or for their acknowledgement.
         * When there is no room, publishing blocks while the client is connected, and fails with
         * {@link Reason#BUFFER_FULL} while it is not. Default: 65,536 and 16 MiB.
         *
         * @param messages how many
         * @param bytes how many bytes wait to be sent
         * @return this builder
         */
        public Builder publishBuffer(int messages, int bytes) {
            publishBufferMessages = Settings.requirePositive("publishBuffer messages", messages);
            publishBufferBytes = Settings.requirePositive("publishBuffer bytes", bytes);
            return this;
        }

        /**
         * Bounds what each subscription holds that the application has not read yet, unless its
         * {@link SubscriptionOptions} say otherwise. When there is more the oldest messages go, and
         * the subscription yields {@link Lagged}. Default: 65,536 and 8 MiB.
         *
         * @param messages how many
         * @param bytes how many bytes of payloads; one message always has room
         * @return this builder
         */
        public Builder subscriptionBuffer(int messages, int bytes) {
            subscriptionBufferMessages =
                    Settings.requirePositive("subscriptionBuffer messages", messages);
            subscriptionBufferBytes = Settings.requirePositive("subscriptionBuffer bytes", bytes);
            return this;
        }

        /**
         * Runs what the application does when something happens: handlers, stages that depend on a
         * call, subscribers. Default: threads of the client's own.
         *
         * @param own the executor, which the client does not shut down; it must not run a task on
         *     the thread that gives it
         * @return this builder
         */
        public Builder executor(Executor own) {
            executor = Objects.requireNonNull(own, "own");
            return this;
        }

        /**
         * Tells of every state, in order, one at a time.
         *
         * @param handler gets the states
         * @return this builder
         */
        public Builder onState(Consumer<ClientStatus> handler) {
            onState = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /**
         * Tells of failures that no call returns, such as a refused unacknowledged publish, one at
         * a time. Default: they are logged.
         *
         * @param handler gets the failures
         * @return this builder
         */
        public Builder onError(Consumer<FastPubSubException> handler) {
            onError = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         */
        public ClientOptions build() {
            return new ClientOptions(this);
        }
    }
}
