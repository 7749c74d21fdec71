package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Catalogue;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.Retry;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.wire.Decoder;
import com.fastpubsub.internal.wire.MalformedFrameException;
import com.fastpubsub.v1.Failure;
import com.fastpubsub.v1.GoAway;
import com.fastpubsub.v1.SessionResponse;
import com.fastpubsub.v1.SubscriptionEnded;
import com.fastpubsub.v1.Success;
import java.util.ArrayList;
import java.util.List;

/** Handles what the server sends, on the transport's thread. Never waits for the application. */
final class EventReader implements Conn.Listener {
    private final Session session;
    private final Decoder decoder = new Decoder();

    EventReader(Session session) {
        this.session = session;
    }

    @Override
    public void received(byte[] frame, int length) {
        SessionResponse response;
        try {
            response = decoder.decode(frame, length);
        } catch (MalformedFrameException malformed) {
            session.end(
                    Fault.of(
                            Reason.CONNECTION_LOST,
                            "the server sent something that is not a frame of the protocol",
                            malformed));
            return;
        }
        session.heard();
        if (response == null) {
            session.feed().deliver(decoder.batch());
        } else {
            handle(response);
        }
    }

    @Override
    public void ended(Fault cause) {
        session.end(cause);
    }

    private void handle(SessionResponse response) {
        switch (response.getEventCase()) {
            case WELCOME -> session.welcomed(response.getWelcome());
            case SUCCESS -> succeeded(response.getSuccess());
            case FAILURE -> failed(response.getFailure());
            case LOST -> session.feed().lost(response.getLost().getMessages());
            case SUBSCRIPTION_ENDED -> subscriptionEnded(response.getSubscriptionEnded());
            case GO_AWAY -> goAway(response.getGoAway());
            default -> {
                // Deliveries have been taken out already; what is unknown here says nothing.
            }
        }
    }

    /** Completes the commands that one Success answers. */
    private void succeeded(Success success) {
        List<Ticket> published = new ArrayList<>(success.getRequestIdsCount());
        List<SentCommand> done = new ArrayList<>(1);
        session.pending().take(success.getRequestIdsList(), published, done);
        for (Ticket ticket : published) {
            ticket.complete(null);
        }
        session.config().outbox().release(published.size());
        for (SentCommand command : done) {
            commandSucceeded(command, success);
        }
    }

    private void commandSucceeded(SentCommand command, Success success) {
        if (command instanceof SentCommand.Subscribe subscribe) {
            session.feed().bind(success.getPatternHandle(), subscribe.telling().route());
            session.ledger().acknowledged(subscribe.telling());
        } else if (command instanceof SentCommand.Unsubscribe unsubscribe) {
            session.feed().unbind(unsubscribe.route());
        } else if (command instanceof SentCommand.Authenticate && success.hasTokenExpiresAt()) {
            session.setTokenExpiry(success.getTokenExpiresAt());
        } else if (command instanceof SentCommand.Ping ping) {
            session.measured(ping);
        }
        // A route that is being retired stays bound until the end: nothing comes for it.
        command.complete(null);
    }

    /**
     * Completes the command that a Failure answers, or reports a refusal that nobody waits for, or
     * keeps why the session is about to end.
     */
    private void failed(Failure failure) {
        Fault refusal = Catalogue.faultOf(failure);
        if (failure.getClosesSession()) {
            session.willEnd(refusal);
        }
        List<Ticket> published = new ArrayList<>(1);
        List<SentCommand> refused = new ArrayList<>(1);
        session.pending().take(List.of(failure.getRequestId()), published, refused);
        for (Ticket ticket : published) {
            ticket.complete(refusal);
        }
        session.config().outbox().release(published.size());
        for (SentCommand command : refused) {
            commandRefused(command, refusal);
        }
        if (published.isEmpty() && refused.isEmpty() && !failure.getClosesSession()) {
            session.report(refusal);
        }
    }

    private void commandRefused(SentCommand command, Fault refusal) {
        if (command instanceof SentCommand.Subscribe subscribe) {
            if (!subscribe.connecting() || refusal.retry() != Retry.YES) {
                session.ledger().refused(subscribe.telling(), refusal);
            }
        } else if (command instanceof SentCommand.Unsubscribe unsubscribe) {
            session.feed().unbind(unsubscribe.route());
        }
        command.complete(refusal);
    }

    private void subscriptionEnded(SubscriptionEnded event) {
        Route route = session.feed().route(event.getPatternHandle());
        if (route == null) {
            return; // unsubscribed meanwhile
        }
        String reason = Catalogue.nameOf(event.getReason(), event.getReasonValue());
        session.ledger().ended(route, Fault.fromServer(reason, event.getMessage(), false));
        session.feed().unbind(route);
    }

    private void goAway(GoAway event) {
        long until =
                session.config().scheduler().nanoTime() + Greeting.nanos(event.getTimeUntilClose());
        String reason = Catalogue.nameOf(event.getReason(), event.getReasonValue());
        session.sentAway(new GoingAway(reason, event.getMessage(), until));
    }
}
