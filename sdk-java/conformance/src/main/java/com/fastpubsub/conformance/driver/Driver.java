package com.fastpubsub.conformance.driver;

import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.conformance.v1.CloseAllAnswer;
import com.fastpubsub.conformance.v1.Hello;
import com.fastpubsub.conformance.v1.OpenCommand;
import com.fastpubsub.conformance.v1.Result;
import com.fastpubsub.conformance.v1.RunnerFrame;
import com.fastpubsub.conformance.v1.SubscribeCommand;
import com.fastpubsub.conformance.v1.Success;
import com.fastpubsub.v1.DeliveryMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Starts the runner's commands, in their order, and answers each once. What of a command has to
 * keep its order among commands is done by the thread that reads them; nothing is waited for there.
 */
final class Driver {
    private static final long CLOSE_SECONDS = 10;
    private static final List<String> CAPABILITIES =
            List.of(
                    "websocket",
                    "grpc",
                    "token-source",
                    "private-ca",
                    "client-certificate",
                    "insecure-skip-verify",
                    "delivery-modes",
                    "unacknowledged",
                    "lag",
                    "token-client",
                    "round-trip-time",
                    "debug-text",
                    "leaks");

    private final FrameWriter out;
    private final Map<Long, DrivenClient> clients = new ConcurrentHashMap<>();
    private final Map<Long, DrivenSubscription> subscriptions = new ConcurrentHashMap<>();
    private final Map<Long, RunningCommand> commands = new ConcurrentHashMap<>();
    private final Phaser unanswered = new Phaser(1);
    private final ExecutorService workers =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "driver");
                        thread.setDaemon(true);
                        return thread;
                    });

    Driver(FrameWriter out) {
        this.out = out;
    }

    /** Carries out commands until their end; then everything is closed, and has been answered. */
    void serve(FrameReader in) throws IOException {
        out.hello(
                Hello.newBuilder()
                        .setProtocolVersion(1)
                        .setSdk("java")
                        .setSdkVersion(System.getProperty("fastpubsub.version", "devel"))
                        .setRuntime("Java " + Runtime.version())
                        .addAllCapabilities(CAPABILITIES)
                        .build());
        for (Optional<RunnerFrame> frame = in.next(); frame.isPresent(); frame = in.next()) {
            unanswered.register();
            long id = frame.get().getCommandId();
            RunningCommand running = new RunningCommand();
            commands.put(id, running);
            start(frame.get(), running).whenComplete(answer(id));
        }
        closeClients();
        unanswered.arriveAndAwaitAdvance();
    }

    private java.util.function.BiConsumer<Result.Builder, Throwable> answer(long id) {
        return (result, failure) -> {
            Result.Builder outcome = failure == null ? result : Outcome.failure(failure);
            commands.remove(id);
            out.result(outcome.setCommandId(id).build());
            unanswered.arriveAndDeregister();
        };
    }

    private CompletableFuture<Result.Builder> start(RunnerFrame frame, RunningCommand running) {
        try {
            return carryOut(frame, running);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private CompletableFuture<Result.Builder> carryOut(
            RunnerFrame frame, RunningCommand running) {
        return switch (frame.getCommandCase()) {
            case OPEN -> open(new DrivenClient(frame.getOpen(), out), frame.getOpen(), running);
            case CLOSE -> done(running.waitsFor(client(frame.getClose().getClient()).close()));
            case SUBSCRIBE -> subscribe(frame.getSubscribe(), running);
            case UNSUBSCRIBE ->
                    done(
                            running.waitsFor(
                                    subscription(frame.getUnsubscribe().getSubscription())
                                            .subscription()
                                            .unsubscribe()));
            case PUBLISH -> {
                var command = frame.getPublish();
                if (command.getDeliveryMode() == DeliveryMode.UNRECOGNIZED) {
                    yield CompletableFuture.completedFuture(Publishing.noSuchMode(command));
                }
                yield with(
                        client(command.getClient()),
                        running,
                        c -> done(running.waitsFor(Publishing.one(c, command))));
            }
            case PUBLISH_BURST -> {
                var command = frame.getPublishBurst();
                yield with(
                        client(command.getClient()),
                        running,
                        c ->
                                work(
                                        () -> {
                                            Publishing.burst(c, command, running);
                                            return Outcome.success();
                                        }));
            }
            case CONSUME -> {
                var command = frame.getConsume();
                subscription(command.getSubscription()).pause(command.getPaused());
                yield succeeded();
            }
            case SUPPLY_TOKEN -> {
                var command = frame.getSupplyToken();
                client(command.getClient()).supply(command.getToken());
                yield succeeded();
            }
            case INSPECT -> inspect(client(frame.getInspect().getClient()), running);
            case TOKEN -> work(() -> token(frame, running));
            case CLOSE_ALL -> closeAll();
            case CANCEL -> cancel(frame.getCancel().getCommandId());
            case DROP -> {
                client(frame.getDrop().getClient()).drop(workers);
                yield succeeded();
            }
            case COMMAND_NOT_SET ->
                    CompletableFuture.completedFuture(
                            Result.newBuilder().setUnsupported("an unknown command"));
        };
    }

    private DrivenClient client(long number) {
        DrivenClient client = clients.get(number);
        if (client == null) {
            throw new IllegalArgumentException("there is no client " + number);
        }
        return client;
    }

    private DrivenSubscription subscription(long number) {
        DrivenSubscription subscription = subscriptions.get(number);
        if (subscription == null) {
            throw new IllegalArgumentException("there is no subscription " + number);
        }
        return subscription;
    }

    private static CompletableFuture<Result.Builder> succeeded() {
        return CompletableFuture.completedFuture(Outcome.success());
    }

    private static CompletableFuture<Result.Builder> done(CompletableFuture<?> call) {
        return call.thenApply(value -> Outcome.success());
    }

    /** Does what may wait on a thread of its own. */
    private CompletableFuture<Result.Builder> work(Callable<Result.Builder> work) {
        CompletableFuture<Result.Builder> result = new CompletableFuture<>();
        workers.execute(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Exception | Error failure) {
                        result.completeExceptionally(failure);
                    }
                });
        return result;
    }

    /** One that has ended, or never was, needs nothing. */
    private CompletableFuture<Result.Builder> cancel(long id) {
        RunningCommand command = commands.get(id);
        if (command != null) {
            workers.execute(command::giveUp);
        }
        return succeeded();
    }

    /** Makes a call at once when the client is open, and otherwise when it is. */
    private static CompletableFuture<Result.Builder> with(
            DrivenClient client,
            RunningCommand running,
            Function<FastPubSubClient, CompletableFuture<Result.Builder>> call) {
        return running.waitsFor(client.ready()).thenCompose(call);
    }

    private CompletableFuture<Result.Builder> open(
            DrivenClient client, OpenCommand command, RunningCommand running) {
        clients.put(command.getClient(), client);
        running.waits(client::giveUp);
        workers.execute(client::open);
        return done(client.opened());
    }

    private CompletableFuture<Result.Builder> subscribe(
            SubscribeCommand command, RunningCommand running) {
        DrivenClient client = client(command.getClient());
        return with(
                client,
                running,
                open ->
                        running.waitsFor(
                                        open.subscribe(
                                                command.getTenant(),
                                                command.getPattern(),
                                                ClientSettings.buffer(command)))
                                .thenApply(
                                        subscription -> {
                                            var driven =
                                                    new DrivenSubscription(
                                                            command.getSubscription(),
                                                            subscription,
                                                            command.getPaused(),
                                                            out);
                                            subscriptions.put(command.getSubscription(), driven);
                                            subscription.subscribe(driven);
                                            return Outcome.success();
                                        }));
    }

    private static CompletableFuture<Result.Builder> inspect(
            DrivenClient client, RunningCommand running) {
        return with(
                client,
                running,
                open ->
                        CompletableFuture.completedFuture(
                                Outcome.success(
                                        Success.newBuilder()
                                                .setInspection(client.inspect(open))
                                                .build())));
    }

    private static Result.Builder token(RunnerFrame frame, RunningCommand running)
            throws IOException {
        return Outcome.success(
                Success.newBuilder().setToken(TokenCalls.call(frame.getToken(), running)).build());
    }

    /** Closes what the commands before it have opened. */
    private CompletableFuture<Result.Builder> closeAll() {
        List<CompletableFuture<Void>> closing = startToClose();
        return work(
                () -> {
                    await(closing);
                    List<Thread> left = LiveThreads.left();
                    return Outcome.success(
                            Success.newBuilder()
                                    .setCloseAll(
                                            CloseAllAnswer.newBuilder()
                                                    .setLeaked(left.size())
                                                    .setDetail(LiveThreads.describe(left)))
                                    .build());
                });
    }

    private List<CompletableFuture<Void>> startToClose() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        clients.values().forEach(client -> closing.add(client.close()));
        subscriptions.values().forEach(DrivenSubscription::abandon);
        clients.clear();
        subscriptions.clear();
        return closing;
    }

    private void closeClients() {
        await(startToClose());
    }

    /** Waits for the ends of clients; that one was not in order does not matter here. */
    private static void await(List<CompletableFuture<Void>> closing) {
        try {
            CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
                    .handle((done, failure) -> null)
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException stuck) {
            System.err.println("driver: a client did not close in " + CLOSE_SECONDS + " s");
        } catch (InterruptedException | java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
