package com.fastpubsub;

import com.fastpubsub.internal.transport.TlsConfig;
import com.fastpubsub.internal.transport.tls.InsecureTrustManager;
import com.fastpubsub.internal.transport.tls.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How connections with {@code wss://}, {@code grpcs://} and {@code https://} are secured.
 * Immutable. By default the server's certificate must come from the system's roots, and the client
 * has none.
 */
public final class TlsOptions {
    /** The system's roots, and no certificate of the client's own. */
    public static final TlsOptions DEFAULT = builder().build();

    private final TlsConfig config;
    private final boolean insecure;

    private TlsOptions(Builder builder) {
        config = new TlsConfig(List.copyOf(builder.keys), List.copyOf(builder.trust));
        insecure = builder.insecure;
    }

    /**
     * Starts from the default.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    TlsConfig config() {
        return config;
    }

    /** For people: which parts are set, and nothing of a key. */
    @Override
    public String toString() {
        return "TlsOptions[ownTrust=%s, clientCertificate=%s, insecure=%s]"
                .formatted(
                        !config.trustManagers().isEmpty(),
                        !config.keyManagers().isEmpty(),
                        insecure);
    }

    /** Makes {@link TlsOptions}. Not for concurrent use. */
    public static final class Builder {
        private final List<KeyManager> keys = new ArrayList<>();
        private final List<TrustManager> trust = new ArrayList<>();
        private boolean insecure;

        private Builder() {}

        /**
         * Accepts server certificates from these authorities only, instead of the system's roots.
         *
         * @param pemFile certificates in PEM
         * @return this builder
         * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when the file cannot be
         *     used
         */
        public Builder certificateAuthority(Path pemFile) {
            Objects.requireNonNull(pemFile, "pemFile");
            return trustManager(read("the certificate authority", () -> Pem.trustManager(pemFile)));
        }

        /**
         * Shows the server a certificate of the client's own.
         *
         * @param certificatePemFile the certificate, and those between it and the root, in PEM
         * @param keyPemFile its private key in PEM, PKCS #8, without a password
         * @return this builder
         * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when a file cannot be
         *     used
         */
        public Builder clientCertificate(Path certificatePemFile, Path keyPemFile) {
            Objects.requireNonNull(certificatePemFile, "certificatePemFile");
            Objects.requireNonNull(keyPemFile, "keyPemFile");
            return keyManager(
                    read(
                            "the client certificate",
                            () -> Pem.keyManager(certificatePemFile, keyPemFile)));
        }

        /**
         * Lets something of the application's own decide about the server's certificate.
         *
         * @param manager decides
         * @return this builder
         */
        public Builder trustManager(X509ExtendedTrustManager manager) {
            trust.clear();
            trust.add(Objects.requireNonNull(manager, "manager"));
            insecure = false;
            return this;
        }

        /**
         * Lets something of the application's own give the client's certificate.
         *
         * @param manager has the certificate
         * @return this builder
         */
        public Builder keyManager(X509ExtendedKeyManager manager) {
            keys.clear();
            keys.add(Objects.requireNonNull(manager, "manager"));
            return this;
        }

        /**
         * Accepts any certificate of the server, for any name: who stands between client and server
         * reads everything. For tests only.
         *
         * @return this builder
         */
        public Builder insecureSkipVerify() {
            trustManager(new InsecureTrustManager());
            insecure = true;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         */
        public TlsOptions build() {
            return new TlsOptions(this);
        }

        private interface Reading<T> {
            T read() throws IOException, GeneralSecurityException;
        }

        private static <T> T read(String what, Reading<T> reading) {
            try {
                return reading.read();
            } catch (IOException | GeneralSecurityException failure) {
                throw FastPubSubException.invalid(
                        what + " cannot be used: " + failure.getMessage());
            }
        }
    }
}
