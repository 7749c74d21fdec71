package com.fastpubsub.internal.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A server with TLS of the platform that may ask for a client certificate. */
final class AskingServer implements AutoCloseable {
    /** Whether a client needs a certificate. */
    enum Ask {
        NOTHING,
        OPTIONAL,
        DEMANDED
    }

    /**
     * What the server says and does when a handshake has succeeded.
     *
     * @param word what it says first
     * @param reset whether it then resets the connection, or ends it
     */
    record Afterwards(byte[] word, boolean reset) {
        static final Afterwards RESET = new Afterwards(new byte[0], true);
        static final Afterwards END = new Afterwards(new byte[0], false);
    }

    private final SSLContext context;
    private final String protocol;
    private final Ask ask;
    private final Afterwards afterwards;
    private final ServerSocket listener;
    private final Thread thread = new Thread(this::serve, "asking-server");

    AskingServer(
            KeyManager identity,
            TrustManager clients,
            String protocol,
            Ask ask,
            Afterwards afterwards)
            throws IOException, GeneralSecurityException {
        this.protocol = protocol;
        this.ask = ask;
        this.afterwards = afterwards;
        context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {identity}, new TrustManager[] {clients}, null);
        listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket raw = listener.accept()) {
                talk(raw);
            } catch (IOException over) {
                continue; // the client, or the server, has been closed
            }
        }
    }

    private void talk(Socket raw) throws IOException {
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(raw, "client", 0, false);
        tls.setUseClientMode(false);
        tls.setSSLParameters(parameters(tls));
        try {
            tls.startHandshake();
            tls.getOutputStream().write(afterwards.word());
            if (afterwards.reset()) {
                raw.setSoLinger(true, 0);
                return;
            }
        } catch (IOException refused) {
            // The platform has sent the alert.
        }
        // What is closed before all has been read is reset, and an alert may be lost.
        raw.shutdownOutput();
        raw.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private SSLParameters parameters(SSLSocket tls) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        if (ask == Ask.OPTIONAL) {
            parameters.setWantClientAuth(true);
        } else {
            parameters.setNeedClientAuth(ask == Ask.DEMANDED);
        }
        return parameters;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
