package com.fastpubsub.internal.registry;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import java.util.ArrayList;
import java.util.List;

/**
 * One (tenant, pattern) pair on the wire, shared by every local subscription to it. Its identity is
 * stable while it is wanted or some connection has been told of it.
 */
public final class Route {
    private final String tenant;
    private final String pattern;
    private final Route[] alone = {this};

    private volatile Inbox[] inboxes = new Inbox[0]; // replaced as a whole, read without a lock
    private final List<Member> members = new ArrayList<>(1); // guarded by the registry, as below
    private final List<Member> leaving = new ArrayList<>(0); // get deliveries, but are no wish
    int told; // connections that have been sent a subscribe
    int live; // connections that have acknowledged it

    Route(String tenant, String pattern) {
        this.tenant = tenant;
        this.pattern = pattern;
    }

    /** The tenant. */
    public String tenant() {
        return tenant;
    }

    /** The pattern. */
    public String pattern() {
        return pattern;
    }

    /** The buffers of the local subscriptions. The array must not be changed. */
    public Inbox[] inboxes() {
        return inboxes;
    }

    /** An array of this route only, which must not be changed. */
    public Route[] alone() {
        return alone;
    }

    boolean isWanted() {
        return !members.isEmpty();
    }

    boolean isForgettable() {
        return members.isEmpty() && leaving.isEmpty() && told == 0;
    }

    boolean has(Member member) {
        return members.contains(member);
    }

    void join(Member member) {
        members.add(member);
        refresh();
    }

    void leave(Member member) {
        members.remove(member);
        leaving.remove(member);
        refresh();
    }

    void depart(Member member) {
        members.remove(member);
        leaving.add(member);
        refresh();
    }

    void acknowledged() {
        live++;
        members.forEach(member -> member.ready().complete(null));
    }

    /** Ends the local subscriptions: with the cause, or quietly. */
    void end(Fault cause, boolean quietly) {
        for (Member member : all()) {
            member.end(cause, quietly);
        }
        members.clear();
        leaving.clear();
        refresh();
    }

    private List<Member> all() {
        List<Member> all = new ArrayList<>(members);
        all.addAll(leaving);
        return all;
    }

    private void refresh() {
        inboxes = all().stream().map(Member::inbox).toArray(Inbox[]::new);
    }

    /** The (tenant, pattern) pair, for people. */
    @Override
    public String toString() {
        return tenant + ":" + pattern;
    }

    /** What names a route. */
    record Key(String tenant, String pattern) {}

    Key key() {
        return new Key(tenant, pattern);
    }
}
