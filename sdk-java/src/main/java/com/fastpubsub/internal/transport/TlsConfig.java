package com.fastpubsub.internal.transport;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * How a connection with TLS is secured (SDK-14).
 *
 * @param keyManagers have the client's own certificate; empty: it has none
 * @param trustManagers decide about the server's certificate; empty: by the system's roots
 */
public record TlsConfig(List<KeyManager> keyManagers, List<TrustManager> trustManagers) {
    /** The system's roots and no certificate. */
    public static final TlsConfig SYSTEM = new TlsConfig(List.of(), List.of());

    /**
     * A context of the platform, for TLS 1.2 and later.
     *
     * @param handshake is told what servers ask for
     */
    public SSLContext context(Handshake handshake) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {handshake.note(keyManagers)},
                trustManagers.isEmpty() ? null : trustManagers.toArray(TrustManager[]::new),
                null);
        return context;
    }
}
