package com.fastpubsub.internal.supervisor;

import com.fastpubsub.internal.backoff.Backoff;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.OutboxLimits;
import com.fastpubsub.internal.time.Scheduler;
import com.fastpubsub.internal.transport.Dialer;
import java.util.function.Consumer;

/**
 * What a client is made of.
 *
 * @param dialer makes connections
 * @param credential gives tokens
 * @param scheduler time
 * @param backoff how long to wait between attempts
 * @param attemptTimeoutNanos bounds one attempt to connect, from the token to the welcome
 * @param outbox bounds what is to be sent
 * @param onState told of every state, in order; must not block
 * @param onError told of failures that no call returns; must not block
 * @param logger the platform's facade
 */
public record SupervisorConfig(
        Dialer dialer,
        Credential credential,
        Scheduler scheduler,
        Backoff backoff,
        long attemptTimeoutNanos,
        OutboxLimits outbox,
        Consumer<Status> onState,
        Consumer<Fault> onError,
        System.Logger logger) {}
