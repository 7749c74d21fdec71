package com.fastpubsub.integration;

import com.fastpubsub.FastPubSub;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenQuery;
import java.nio.charset.StandardCharsets;

/** A program that uses everything, closes nothing, and leaves main. */
final class LeftOpen {
    private LeftOpen() {}

    /**
     * Runs the program.
     *
     * @param arguments an access token, a master token, the address of a token service, addresses
     */
    public static void main(String[] arguments) {
        byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
        for (int i = 3; i < arguments.length; i++) {
            var client = FastPubSub.connect(arguments[i], arguments[0]);
            client.subscribe("my-tenant", "left").join();
            client.publish("my-tenant", "left", payload).join();
        }
        TokenClient.create(arguments[2], arguments[1]).listTokens(TokenQuery.ALL).join();
        System.out.println("left main");
    }
}
