package com.fastpubsub.internal.token;

import com.fastpubsub.internal.fault.Fault;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;

/** Calls of the token service over one wire. */
public interface TokenCalls extends AutoCloseable {
    /** Learns the outcome of one call: one of its methods is called, once, by any thread. */
    interface Outcome<R> {
        /** The answer. */
        void answered(R response);

        /** The refusal or failure. */
        void failed(Fault cause);
    }

    /** Starts a call. Neither blocks nor throws. */
    <Q extends Message, R extends Message> void call(
            MethodDescriptor<Q, R> method, Q request, Outcome<R> outcome);

    /** Lets go of what belongs to the platform. */
    @Override
    void close();
}
