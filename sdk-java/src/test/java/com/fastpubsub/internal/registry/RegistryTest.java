package com.fastpubsub.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SDK-3, SDK-7: what is wanted, and what each connection has been told. */
class RegistryTest {
    private static final Fault CAUSE = Fault.of(Reason.SUBSCRIBE_DENIED, "no");

    private final Registry registry = new Registry();

    private static Inbox inbox() {
        return new Inbox(new InboxLimits(10, 10));
    }

    private Member join() {
        return registry.join("t", "a.#", inbox());
    }

    private static Telling subscribe(Ledger ledger, Route route) {
        return ((Ledger.Subscribe) ledger.sync(route)).telling();
    }

    @Test
    void subscriptionsShareAPattern() {
        Member first = join();
        Member second = join();
        Member other = registry.join("t", "b", inbox());
        assertThat(first.route()).isSameAs(second.route()).isNotSameAs(other.route());
        assertThat(first.route().inboxes()).hasSize(2);
    }

    @Test
    void aConnectionIsToldOnce() {
        Route route = join().route();
        Ledger ledger = registry.open();
        assertThat(ledger.sync(route)).isInstanceOf(Ledger.Subscribe.class);
        assertThat(ledger.sync(route)).isInstanceOf(Ledger.Nothing.class);
        assertThat(ledger.missing()).isEmpty();
        assertThat(ledger.told()).containsExactly(route);
    }

    @Test
    void anAcknowledgementMakesEverySubscriptionReady() {
        Member first = join();
        Ledger ledger = registry.open();
        Telling telling = subscribe(ledger, first.route());
        Member second = join();
        ledger.acknowledged(telling);
        assertThat(first.ready().isComplete()).isTrue();
        assertThat(second.ready().isComplete()).isTrue();
        assertThat(join().ready().isComplete()).as("a later one, too").isTrue();
    }

    @Test
    void onlyTheLastOneOfAPatternUnsubscribes() {
        Member first = join();
        Member second = join();
        Ledger ledger = registry.open();
        subscribe(ledger, first.route());
        assertThat(registry.leave(first)).isFalse();
        assertThat(registry.leave(second)).isTrue();
        assertThat(registry.leave(second)).isFalse();
        assertThat(ledger.sync(first.route())).isInstanceOf(Ledger.Unsubscribe.class);
        assertThat(join().route()).as("forgotten").isNotSameAs(first.route());
    }

    @Test
    void whoDepartsGoesOnToGetDeliveries() {
        Member member = join();
        Ledger ledger = registry.open();
        subscribe(ledger, member.route());
        assertThat(registry.depart(member)).isTrue();
        assertThat(member.route().inboxes()).hasSize(1);
        assertThat(ledger.sync(member.route())).isInstanceOf(Ledger.Unsubscribe.class);
        registry.leave(member);
        assertThat(member.route().inboxes()).isEmpty();
    }

    @Test
    void whoDepartsWithoutAConnectionNeedNotTell() {
        assertThat(registry.depart(join())).isFalse();
    }

    @Test
    void theNewestWishWins() {
        Member first = join();
        Ledger ledger = registry.open();
        Telling stale = subscribe(ledger, first.route());
        registry.leave(first);
        ledger.sync(first.route());
        Member again = join();
        ledger.acknowledged(stale);
        assertThat(again.ready().isComplete()).isFalse();
        Telling fresh = subscribe(ledger, again.route());
        ledger.refused(stale, CAUSE);
        assertThat(again.ready().isComplete()).isFalse();
        ledger.acknowledged(fresh);
        assertThat(again.ready().isComplete()).isTrue();
    }

    @Test
    void toANewConnectionEverythingIsMissing() {
        Member first = join();
        Member second = registry.join("t", "b", inbox());
        Ledger old = registry.open();
        old.missing();
        Ledger fresh = registry.open();
        assertThat(fresh.missing())
                .extracting(Telling::route)
                .containsExactlyInAnyOrder(first.route(), second.route());
        assertThat(fresh.missing()).isEmpty();
    }

    @Test
    void aRefusalEndsTheSubscriptions() {
        Member member = join();
        Ledger ledger = registry.open();
        ledger.refused(subscribe(ledger, member.route()), CAUSE);
        assertThat(member.ready().isComplete()).isTrue();
        assertThat(member.inbox().cause()).isEqualTo(CAUSE);
        assertThat(registry.open().missing()).isEmpty();
    }

    @Test
    void aConnectionThatIsGoneHasBeenToldNothing() {
        Member member = join();
        Ledger ledger = registry.open();
        ledger.acknowledged(subscribe(ledger, member.route()));
        ledger.close();
        assertThat(join().ready().isComplete()).isFalse();
        assertThat(ledger.sync(member.route())).isInstanceOf(Ledger.Nothing.class);
        assertThat(ledger.missing()).isEmpty();
    }

    @Test
    void theEndEndsEverySubscription() {
        Member loud = join();
        registry.end(CAUSE, false);
        registry.end(Fault.of(Reason.CLOSED, "later"), true);
        assertThat(loud.inbox().cause()).isEqualTo(CAUSE);
        assertThatThrownBy(this::join).hasMessageContaining("SUBSCRIBE_DENIED");
    }

    @Test
    void theApplicationsOwnEndIsQuiet() {
        Member quiet = join();
        registry.end(CAUSE, true);
        assertThat(quiet.inbox().isOver()).isTrue();
        assertThat(quiet.inbox().cause()).isNull();
    }

    @Test
    void nothingIsKeptOfWhatIsNotWanted() {
        Ledger ledger = registry.open();
        List<Member> members = List.of(join(), registry.join("t", "b", inbox()));
        ledger.missing();
        members.forEach(registry::leave);
        members.forEach(member -> ledger.sync(member.route()));
        assertThat(registry.routes).isEmpty();
    }
}
