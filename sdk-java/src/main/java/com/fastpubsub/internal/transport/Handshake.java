package com.fastpubsub.internal.transport;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Notes what a server asks for in its TLS handshakes. Any thread may use it.
 *
 * <p>With TLS 1.3 a server says only after the client's part of the handshake what it thinks of the
 * client's certificate, and not every server says it: some just cut the connection.
 */
public final class Handshake {
    private volatile boolean unmet;

    /** Makes one that has noted nothing. */
    public Handshake() {}

    /**
     * Whether the server asked for a client certificate in the last handshake, and there was none
     * that it would accept. Whether it insists shows afterwards.
     */
    boolean isUnmet() {
        return unmet;
    }

    /**
     * A connection is about to be made, or the server has said something: so it does not insist.
     */
    public void reset() {
        unmet = false;
    }

    /**
     * The same choice of a certificate, with each choice noted.
     *
     * @param chosen chooses, the first that can; empty: there is no certificate
     */
    public KeyManager note(List<KeyManager> chosen) {
        return new Noted(
                chosen.stream()
                        .filter(X509ExtendedKeyManager.class::isInstance)
                        .map(X509ExtendedKeyManager.class::cast)
                        .findFirst()
                        .orElseGet(NoCertificate::new));
    }

    /** The platform asks it for a certificate whenever the server does. */
    private final class Noted extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager own;

        Noted(X509ExtendedKeyManager own) {
            this.own = own;
        }

        private @Nullable String noted(@Nullable String alias, Principal @Nullable [] authorities) {
            unmet = alias == null || !isOf(own.getCertificateChain(alias), authorities);
            return alias;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] authorities, SSLEngine engine) {
            return noted(own.chooseEngineClientAlias(types, authorities, engine), authorities);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] authorities, Socket socket) {
            return noted(own.chooseClientAlias(types, authorities, socket), authorities);
        }

        @Override
        public String @Nullable [] getClientAliases(
                String type, Principal @Nullable [] authorities) {
            return own.getClientAliases(type, authorities);
        }

        @Override
        public String @Nullable [] getServerAliases(
                String type, Principal @Nullable [] authorities) {
            return own.getServerAliases(type, authorities);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] authorities, Socket socket) {
            return own.chooseServerAlias(type, authorities, socket);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] authorities, SSLEngine engine) {
            return own.chooseEngineServerAlias(type, authorities, engine);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return own.getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return own.getPrivateKey(alias);
        }
    }

    /** Whether one of the authorities has issued a certificate of a chain, or none is named. */
    private static boolean isOf(
            X509Certificate @Nullable [] chain, Principal @Nullable [] authorities) {
        if (chain == null) {
            return false;
        }
        Set<Principal> named = authorities == null ? Set.of() : Set.copyOf(List.of(authorities));
        return named.isEmpty()
                || Stream.of(chain).anyMatch(one -> named.contains(one.getIssuerX500Principal()));
    }
}
