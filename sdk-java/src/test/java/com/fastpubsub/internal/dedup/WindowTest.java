package com.fastpubsub.internal.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SDK-9: the memory of what has been delivered. */
class WindowTest {
    private final Window<Integer> window = new Window<>();

    private boolean has(long sequence) {
        return window.get(7, sequence) != null;
    }

    @Test
    void anUnarmedWindowKnowsNothingUntilItIsArmed() {
        window.put(7, 1, 0);
        assertThat(window.isArmed()).isFalse();
        assertThat(has(1)).isFalse();
        window.arm();
        assertThat(window.isArmed()).isTrue();
        assertThat(has(1)).isTrue();
        assertThat(window.get(8, 1)).isNull();
    }

    @Test
    void anUnarmedWindowForgetsTheOldest() {
        for (int i = 0; i <= Window.UNARMED_SIZE; i++) {
            window.put(7, i, 0);
        }
        window.arm();
        assertThat(has(0)).isFalse();
        assertThat(has(1)).isTrue();
        assertThat(has(Window.UNARMED_SIZE)).isTrue();
    }

    @Test
    void anArmedWindowGrowsToItsLimit() {
        window.arm();
        for (int i = 0; i <= Window.ARMED_SIZE; i++) {
            window.put(7, i, 0);
        }
        assertThat(has(0)).isFalse();
        assertThat(has(1)).isTrue();
        assertThat(has(Window.ARMED_SIZE)).isTrue();
    }

    @Test
    void disarmingKeepsOnlyTheNewest() {
        window.arm();
        for (int i = 0; i < 3 * Window.UNARMED_SIZE; i++) {
            window.put(7, i, 0);
        }
        window.disarm();
        assertThat(has(3 * Window.UNARMED_SIZE - 1)).isFalse();
        window.arm();
        assertThat(has(2 * Window.UNARMED_SIZE - 1)).isFalse();
        assertThat(has(2 * Window.UNARMED_SIZE)).isTrue();
        assertThat(has(3 * Window.UNARMED_SIZE - 1)).isTrue();
    }

    @Test
    void behavesLikeAListOfTheNewestIds() {
        Random random = new Random(1);
        Deque<Long> model = new ArrayDeque<>();
        long next = 0;
        for (int step = 0; step < 60_000; step++) {
            int action = random.nextInt(20_000);
            if (action == 0) {
                window.arm();
            } else if (action == 1) {
                window.disarm();
            } else {
                window.put(7, next, 0);
                model.addLast(next++);
            }
            int size = window.isArmed() ? Window.ARMED_SIZE : Window.UNARMED_SIZE;
            while (model.size() > size) {
                model.removeFirst();
            }
            if (window.isArmed() && !model.isEmpty()) {
                assertThat(has(model.peekFirst())).isTrue();
                assertThat(has(model.peekLast())).isTrue();
                assertThat(has(model.peekFirst() - 1)).isFalse();
            }
        }
    }

    @Test
    void aMarkIsChangedWhileItCanBeAskedFor() {
        window.put(7, 1, 10);
        window.arm();
        assertThat(window.get(7, 1)).isEqualTo(10);
        window.put(7, 1, 11);
        assertThat(window.get(7, 1)).isEqualTo(11);
        window.disarm();
        window.arm();
        assertThat(window.get(7, 1)).isEqualTo(11);
    }

    /**
     * An id that came twice while nobody could ask is known until its newest place is forgotten.
     */
    @Test
    void anIdThatCameTwice() {
        window.put(7, 1, 10);
        window.put(7, 1, 11);
        window.arm();
        assertThat(window.get(7, 1)).isEqualTo(11);
        for (int i = 2; i <= Window.ARMED_SIZE; i++) {
            window.put(7, i, 0);
        }
        assertThat(window.get(7, 1)).as("its older place is forgotten").isEqualTo(11);
        window.put(7, Window.ARMED_SIZE + 1, 0);
        assertThat(has(1)).isFalse();
    }
}
