package com.fastpubsub.internal.fake;

import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Dialer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Consumer;

/** A network in memory. The test plays the servers. */
public final class FakeNetwork implements Dialer {
    private final FakeScheduler scheduler;
    private final Queue<FakePeer> untaken = new ArrayDeque<>();
    private final List<FakePeer> all = new ArrayList<>();
    private Consumer<FakePeer> behaviour = peer -> {};

    public FakeNetwork(FakeScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** What every peer does as soon as the client connects. */
    public void onConnect(Consumer<FakePeer> what) {
        behaviour = what;
    }

    @Override
    public Conn prepare(Conn.Listener listener) {
        FakePeer peer = new FakePeer(listener, scheduler, opened -> behaviour.accept(opened));
        untaken.add(peer);
        all.add(peer);
        return peer;
    }

    /** The connection that the client has made next, after what is due has run. */
    public FakePeer take() {
        scheduler.run();
        if (untaken.isEmpty()) {
            throw new NoSuchElementException("the client has not connected");
        }
        return untaken.remove();
    }

    /** How many connections the client has made. */
    public int attempts() {
        return all.size();
    }

    /** How many connections have not been cut. */
    public long open() {
        return all.stream().filter(peer -> !peer.isAborted()).count();
    }
}
