package com.fastpubsub.internal.transport.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts what given authorities have signed, each while it is valid itself: the platform trusts an
 * authority that it was given forever.
 */
final class Authorities extends X509ExtendedTrustManager {
    private final List<X509Certificate> authorities;

    Authorities(Collection<? extends Certificate> authorities) throws GeneralSecurityException {
        this.authorities = authorities.stream().map(X509Certificate.class::cast).toList();
        platform(this.authorities); // what cannot be used is told now
    }

    /** The platform's way to trust those that are valid now. */
    private X509ExtendedTrustManager now() throws CertificateException {
        List<X509Certificate> valid = authorities.stream().filter(Authorities::isValid).toList();
        if (valid.isEmpty()) {
            authorities.get(0).checkValidity(); // says when it was valid
        }
        try {
            return platform(valid);
        } catch (CertificateException refusal) {
            throw refusal;
        } catch (GeneralSecurityException unusable) {
            throw new CertificateException(unusable);
        }
    }

    private static boolean isValid(X509Certificate authority) {
        try {
            authority.checkValidity();
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException invalid) {
            return false;
        }
    }

    private static X509ExtendedTrustManager platform(List<X509Certificate> trusted)
            throws GeneralSecurityException {
        KeyStore store;
        try {
            store = Pem.emptyStore();
        } catch (IOException impossible) {
            throw new GeneralSecurityException(impossible);
        }
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("authority-" + i, trusted.get(i));
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Stream.of(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("the platform has no X.509"));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        now().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        now().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        now().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        now().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        now().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        now().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.toArray(X509Certificate[]::new);
    }
}
