package com.fastpubsub.conformance.driver;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.ClientState;
import com.fastpubsub.ClientStatus;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.FastPubSubClient;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.conformance.v1.ErrorReported;
import com.fastpubsub.conformance.v1.Event;
import com.fastpubsub.conformance.v1.Inspection;
import com.fastpubsub.conformance.v1.OpenCommand;
import com.fastpubsub.conformance.v1.StateChanged;
import com.fastpubsub.conformance.v1.TokenRequested;
import com.google.protobuf.Duration;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A client, from the command that opens it on, and its token source. */
final class DrivenClient {
    private final OpenCommand command;
    private final FrameWriter out;
    private final CompletableFuture<FastPubSubClient> opened = new CompletableFuture<>();
    private final Queue<CompletableFuture<FastPubSubClient>> turns = new ArrayDeque<>(); // its own lock
    private volatile String token;
    private volatile String options = "";
    private Thread opener; // guarded by this, as below
    private boolean givenUp;

    DrivenClient(OpenCommand command, FrameWriter out) {
        this.command = command;
        this.out = out;
        this.token = command.getToken();
    }

    /** Completes when the attempt to connect has: with the client, or with why there is none. */
    CompletableFuture<FastPubSubClient> opened() {
        return opened;
    }

    /**
     * Completes as {@link #opened} does: at once, or in the order of the calls of this. So what
     * depends on it keeps that order.
     */
    CompletableFuture<FastPubSubClient> ready() {
        synchronized (turns) {
            if (opened.isDone()) {
                return opened.copy();
            }
            CompletableFuture<FastPubSubClient> turn = new CompletableFuture<>();
            turns.add(turn);
            return turn;
        }
    }

    private void opened(FastPubSubClient client, Throwable failure) {
        synchronized (turns) {
            complete(opened, client, failure);
            turns.forEach(turn -> complete(turn, client, failure));
            turns.clear();
        }
    }

    private static void complete(
            CompletableFuture<FastPubSubClient> future,
            FastPubSubClient client,
            Throwable failure) {
        if (failure == null) {
            future.complete(client);
        } else {
            future.completeExceptionally(failure);
        }
    }

    /** Connects, on the calling thread. */
    void open() {
        synchronized (this) {
            opener = Thread.currentThread();
            if (givenUp) {
                opener.interrupt();
            }
        }
        FastPubSubClient client = null;
        Throwable failure = null;
        try {
            client = FastPubSub.connect(command.getUrl(), options());
        } catch (IOException | RuntimeException | Error thrown) {
            failure = thrown;
        }
        synchronized (this) {
            opener = null;
            Thread.interrupted();
        }
        opened(client, failure);
    }

    /** Ends the attempt to connect, if it has not ended. */
    synchronized void giveUp() {
        givenUp = true;
        if (opener != null) {
            opener.interrupt();
        }
    }

    /** Closes the client, or ends the attempt to connect it. */
    CompletableFuture<Void> close() {
        giveUp();
        return opened.handle((client, failure) -> client)
                .thenCompose(
                        client ->
                                client == null
                                        ? CompletableFuture.completedFuture(null)
                                        : client.closeAsync());
    }

    /** Leaves the client behind: it closes itself, and nobody waits for that. */
    void drop(Executor elsewhere) {
        giveUp();
        opened.thenAcceptAsync(FastPubSubClient::close, elsewhere);
    }

    void supply(String newToken) {
        token = newToken;
    }

    private ClientOptions options() throws IOException {
        ClientOptions.Builder builder =
                command.getUseTokenSource()
                        ? ClientOptions.withTokenSource(this::askedForToken)
                        : ClientOptions.withToken(command.getToken());
        ClientSettings.apply(command, builder);
        ClientOptions built =
                builder.onState(this::stateChanged).onError(this::errorReported).build();
        options = String.valueOf(built);
        return built;
    }

    private String askedForToken() throws IOException {
        report(
                event ->
                        event.setTokenRequested(
                                TokenRequested.newBuilder().setClient(command.getClient())));
        String current = token;
        if (current.isEmpty()) {
            throw new IOException("the runner supplies no token");
        }
        return current;
    }

    private void stateChanged(ClientStatus status) {
        StateChanged.Builder changed =
                StateChanged.newBuilder()
                        .setClient(command.getClient())
                        .setState(onWire(status.state()));
        if (status.cause() != null) {
            changed.setCause(Outcome.error(status.cause()));
        }
        report(event -> event.setStateChanged(changed));
    }

    private void errorReported(FastPubSubException error) {
        report(
                event ->
                        event.setErrorReported(
                                ErrorReported.newBuilder()
                                        .setClient(command.getClient())
                                        .setError(Outcome.error(error))));
    }

    private void report(Consumer<Event.Builder> fill) {
        Event.Builder event = Event.newBuilder();
        fill.accept(event);
        out.event(event);
    }

    Inspection inspect(FastPubSubClient client) {
        Inspection.Builder inspection =
                Inspection.newBuilder()
                        .setState(onWire(client.status().state()))
                        .setDebugText(client + " " + client.status() + " " + options);
        client.roundTripTime()
                .ifPresent(
                        time ->
                                inspection.setRoundTripTime(
                                        Duration.newBuilder()
                                                .setSeconds(time.getSeconds())
                                                .setNanos(time.getNano())));
        return inspection.build();
    }

    private static com.fastpubsub.conformance.v1.ClientState onWire(ClientState state) {
        return com.fastpubsub.conformance.v1.ClientState.valueOf("CLIENT_STATE_" + state.name());
    }
}
