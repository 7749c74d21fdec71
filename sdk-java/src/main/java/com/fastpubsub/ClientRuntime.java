package com.fastpubsub;

import com.fastpubsub.internal.backoff.Backoff;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.notify.Notifier;
import com.fastpubsub.internal.outbox.OutboxLimits;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.supervisor.Calls;
import com.fastpubsub.internal.supervisor.Status;
import com.fastpubsub.internal.supervisor.Supervisor;
import com.fastpubsub.internal.supervisor.SupervisorConfig;
import com.fastpubsub.internal.threads.ClientThreads;
import com.fastpubsub.internal.time.Scheduler;
import com.fastpubsub.internal.transport.ClosableDialer;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.grpc.Channels;
import com.fastpubsub.internal.transport.grpc.GrpcDialer;
import com.fastpubsub.internal.transport.websocket.WebSocketDialer;
import java.lang.ref.Cleaner;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Puts a client together from its parts, and takes it apart when it has ended, by whatever cause.
 */
final class ClientRuntime {
    private static final System.Logger LOGGER = System.getLogger("com.fastpubsub");
    private static final Cleaner CLEANER = Cleaner.create();

    private final ClientOptions options;
    private final Endpoint endpoint;
    private final ClientThreads threads;
    private final ClosableDialer dialer;
    private final Supervisor supervisor;
    private final Calls calls;
    private final Completions completions;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile boolean closedByApplication;

    ClientRuntime(String address, ClientOptions options) {
        this.options = options;
        this.endpoint = Endpoint.ofSession(address);
        this.threads = new ClientThreads(options.executor());
        this.completions = new Completions(threads.callbacks());
        this.dialer = dialer();
        this.supervisor = new Supervisor(config());
        this.calls = new Calls(supervisor);
    }

    private ClosableDialer dialer() {
        if (endpoint.kind() == Endpoint.Kind.GRPC) {
            return new GrpcDialer(
                    new Channels(
                            endpoint,
                            options.tls().config(),
                            threads.transport(),
                            threads.factory("network")));
        }
        try {
            return new WebSocketDialer(
                    endpoint,
                    options.tls().config(),
                    options.attemptTimeout(),
                    threads.factory("network"));
        } catch (GeneralSecurityException unusable) {
            throw new FaultException(
                    Fault.of(Reason.REQUEST_INVALID, "TLS cannot be used", unusable));
        }
    }

    private SupervisorConfig config() {
        Notifier states = notifier();
        Notifier errors = notifier();
        return new SupervisorConfig(
                dialer,
                credential(),
                threads.scheduler(),
                new Backoff(options.backoffMin().toNanos(), options.backoffMax().toNanos()),
                options.attemptTimeout().toNanos(),
                new OutboxLimits(options.publishBufferMessages(), options.publishBufferBytes()),
                status -> states.call(() -> options.onState().accept(status(status))),
                fault -> report(errors, fault),
                LOGGER);
    }

    private Notifier notifier() {
        return new Notifier(
                threads.callbacks(),
                (thread, thrown) ->
                        LOGGER.log(
                                System.Logger.Level.ERROR,
                                "a handler of the application failed",
                                thrown));
    }

    private void report(Notifier errors, Fault fault) {
        var handler = options.onError();
        if (handler == null) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}", fault);
        } else if (!errors.call(() -> handler.accept(new FastPubSubException(fault)))) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the error handler is too slow to be told: {0}",
                    fault);
        }
    }

    private Credential credential() {
        SecretText token = options.token();
        TokenSource source = options.tokenSource();
        if (token != null) {
            return Credential.fixed(token);
        }
        if (source == null) {
            throw new IllegalStateException("options have a token or a source");
        }
        return Credential.from(() -> ask(source), threads.transport());
    }

    private static @Nullable String ask(TokenSource source) throws Exception {
        try {
            return source.token();
        } catch (FastPubSubException refusal) {
            throw new FaultException(refusal.toFault());
        }
    }

    /** Starts to connect: completes with the first connection, or with why there is none. */
    Receipt start() {
        supervisor.done().whenComplete(done -> takeApartLater());
        supervisor.start();
        Receipt connected = new Receipt();
        Scheduler.Timer timer =
                threads.scheduler()
                        .schedule(
                                options.connectTimeout().toNanos(),
                                () -> connected.complete(notConnected()));
        supervisor
                .connected()
                .whenComplete(
                        outcome -> {
                            timer.cancel();
                            connected.complete(outcome);
                        });
        return connected;
    }

    /** The fault of a caller who waited for a connection in vain. */
    private Fault notConnected() {
        Fault last = supervisor.status().cause();
        if (last == null) {
            return Fault.of(
                    Reason.TIMED_OUT, "there was no connection after " + options.connectTimeout());
        }
        return last.withText(
                "no connection after %s; the last attempt: %s"
                        .formatted(options.connectTimeout(), last.text()));
    }

    /** The threads cannot end themselves: another one does that, and then ends. */
    private void takeApartLater() {
        threads.factory("end")
                .newThread(
                        () -> {
                            dialer.close();
                            threads.close();
                            ended.complete(null);
                        })
                .start();
    }

    /**
     * Closes the client when nothing refers any more to what stands for it in the application. This
     * runtime, its threads and its handlers must not refer to that.
     */
    void closeWhenUnreachable(FastPubSubClient client) {
        CLEANER.register(client, this::closeForgotten);
    }

    private void closeForgotten() {
        if (closedByApplication || ended.isDone()) {
            return;
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "a client of {0} was not closed, and nothing refers to it any more: it is closed"
                        + " now. Close clients, best with try-with-resources",
                authority());
        calls.close(options.closeTimeout().toNanos());
    }

    void close() {
        closedByApplication = true;
        calls.close(options.closeTimeout().toNanos());
        if (threads.isOwn(Thread.currentThread())) {
            return; // this thread is one of those that end
        }
        boolean interrupted = false;
        while (true) {
            try {
                ended.get();
                break;
            } catch (InterruptedException again) {
                interrupted = true; // nothing is left running all the same
                calls.abandon();
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    CompletableFuture<@Nullable Void> closeAsync() {
        closedByApplication = true;
        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        calls.close(options.closeTimeout().toNanos())
                .whenComplete(
                        outcome ->
                                ended.whenComplete(
                                        (done, impossible) -> {
                                            if (outcome == null) {
                                                closed.complete(null);
                                            } else {
                                                closed.completeExceptionally(
                                                        new FastPubSubException(outcome));
                                            }
                                        }));
        return closed;
    }

    static ClientStatus status(Status status) {
        return new ClientStatus(
                ClientState.valueOf(status.state().name()),
                FastPubSubException.orNull(status.cause()));
    }

    String authority() {
        return endpoint.authority();
    }

    Supervisor supervisor() {
        return supervisor;
    }

    Calls calls() {
        return calls;
    }

    Completions completions() {
        return completions;
    }

    ClientThreads threads() {
        return threads;
    }
}
