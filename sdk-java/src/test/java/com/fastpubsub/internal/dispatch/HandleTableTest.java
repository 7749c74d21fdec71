package com.fastpubsub.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import com.fastpubsub.internal.registry.Registry;
import com.fastpubsub.internal.registry.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HandleTableTest {
    @Test
    void behavesLikeAMap() {
        Registry registry = new Registry();
        Inbox inbox = new Inbox(new InboxLimits(1, 1));
        Random random = new Random(4);
        List<Route> routes =
                IntStream.range(0, 50)
                        .mapToObj(i -> registry.join("t", "p" + i, inbox).route())
                        .toList();
        HandleTable table = new HandleTable();
        Map<Long, Route> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            long handle = random.nextInt(500) * (random.nextBoolean() ? 1L : 1L << 40);
            if (random.nextInt(3) == 0) {
                table.remove(handle);
                model.remove(handle);
            } else {
                Route route = routes.get(random.nextInt(routes.size()));
                table.put(handle, route);
                model.put(handle, route);
            }
            assertThat(table.size()).isEqualTo(model.size());
            long asked = random.nextInt(500);
            assertThat(table.get(asked)).isSameAs(model.get(asked));
        }
        model.forEach((handle, route) -> assertThat(table.get(handle)).isSameAs(route));
    }
}
