package com.fastpubsub.internal.wire;

import com.fastpubsub.v1.AuthenticateCommand;
import com.fastpubsub.v1.PingCommand;
import com.fastpubsub.v1.SessionRequest;
import com.fastpubsub.v1.SubscribeCommand;
import com.fastpubsub.v1.UnsubscribeCommand;

/** The commands of a session but publishing, encoded. */
public final class Commands {
    private Commands() {}

    /** Encodes a SessionRequest. */
    public static byte[] subscribe(long requestId, String tenant, String pattern) {
        return SessionRequest.newBuilder()
                .setSubscribe(
                        SubscribeCommand.newBuilder()
                                .setRequestId(requestId)
                                .setTenant(tenant)
                                .setPattern(pattern))
                .build()
                .toByteArray();
    }

    /** Encodes a SessionRequest. */
    public static byte[] unsubscribe(long requestId, String tenant, String pattern) {
        return SessionRequest.newBuilder()
                .setUnsubscribe(
                        UnsubscribeCommand.newBuilder()
                                .setRequestId(requestId)
                                .setTenant(tenant)
                                .setPattern(pattern))
                .build()
                .toByteArray();
    }

    /** Encodes a SessionRequest. The result holds the token. */
    public static byte[] authenticate(long requestId, String token) {
        return SessionRequest.newBuilder()
                .setAuthenticate(
                        AuthenticateCommand.newBuilder().setRequestId(requestId).setToken(token))
                .build()
                .toByteArray();
    }

    /** Encodes a SessionRequest. */
    public static byte[] ping(long requestId) {
        return SessionRequest.newBuilder()
                .setPing(PingCommand.newBuilder().setRequestId(requestId))
                .build()
                .toByteArray();
    }
}
