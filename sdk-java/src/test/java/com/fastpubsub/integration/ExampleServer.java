package com.fastpubsub.integration;

import java.net.URI;

/** A real server for the examples. */
public final class ExampleServer implements AutoCloseable {
    private final TestServer server = TestServer.start();

    private ExampleServer() {}

    public static ExampleServer start() {
        return new ExampleServer();
    }

    public URI address() {
        return Transport.WEBSOCKET.address(server);
    }

    public URI tokenService() {
        return URI.create("http://" + server.http());
    }

    public String accessToken() {
        return server.accessToken();
    }

    public String masterToken() {
        return server.masterToken();
    }

    @Override
    public void close() {
        server.close();
    }
}
