package com.fastpubsub.integration;

import java.net.URI;

/** The two transports, which must behave the same. */
enum Transport {
    WEBSOCKET,
    GRPC;

    URI address(TestServer server) {
        return this == GRPC
                ? URI.create("grpc://" + server.grpc())
                : URI.create("ws://" + server.http() + "/ws");
    }

    URI secureAddress(TestServer server) {
        String port =
                this == GRPC
                        ? server.grpc().substring(server.grpc().lastIndexOf(':'))
                        : server.http().substring(server.http().lastIndexOf(':'));
        return URI.create(this == GRPC ? "grpcs://localhost" + port : "wss://localhost" + port);
    }

    /** The address of a port on this machine. */
    URI address(int port) {
        return URI.create((this == GRPC ? "grpc" : "ws") + "://127.0.0.1:" + port);
    }

    /** The port of the server that speaks this transport. */
    int port(TestServer server) {
        String address = this == GRPC ? server.grpc() : server.http();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
