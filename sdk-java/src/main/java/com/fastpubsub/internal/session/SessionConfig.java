package com.fastpubsub.internal.session;

import com.fastpubsub.internal.dispatch.Dispatcher;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Outbox;
import com.fastpubsub.internal.registry.Registry;
import com.fastpubsub.internal.time.Scheduler;
import java.util.function.Consumer;

/**
 * What a session works with: all of it outlives the connection.
 *
 * @param outbox what is to be sent
 * @param registry what is wanted
 * @param dispatcher where deliveries go
 * @param scheduler time
 * @param report gets refusals that no caller waits for; must not block
 */
public record SessionConfig(
        Outbox outbox,
        Registry registry,
        Dispatcher dispatcher,
        Scheduler scheduler,
        Consumer<Fault> report) {}
