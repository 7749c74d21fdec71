package com.fastpubsub.internal.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Reads certificates and keys in PEM. A text of a failure shows nothing of a key. */
public final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    /** Trusts what the authorities in a file have signed, each while it is valid itself. */
    public static X509ExtendedTrustManager trustManager(Path file)
            throws IOException, GeneralSecurityException {
        return new Authorities(certificates(file));
    }

    /** Shows a certificate. */
    public static X509ExtendedKeyManager keyManager(Path certificateFile, Path keyFile)
            throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        char[] password = new char[0];
        store.setKeyEntry(
                "client",
                key(keyFile),
                password,
                certificates(certificateFile).toArray(Certificate[]::new));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return Stream.of(factory.getKeyManagers())
                .filter(X509ExtendedKeyManager.class::isInstance)
                .map(X509ExtendedKeyManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("the platform has no X.509"));
    }

    static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        List<Certificate> found = new ArrayList<>();
        Matcher next = CERTIFICATE.matcher(read(file));
        while (next.find()) {
            found.add(certificate(next.group(), file));
        }
        if (found.isEmpty()) {
            throw new CertificateException(
                    "there is no certificate in PEM in "
                            + file
                            + "; it has to begin with -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    private static Certificate certificate(String pem, Path file) throws CertificateException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (CertificateException broken) {
            throw new CertificateException(
                    "a certificate in " + file + " is damaged; export it once more");
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher found = KEY.matcher(read(file));
        if (!found.find()) {
            throw new InvalidKeySpecException(
                    "there is no private key in PEM in "
                            + file
                            + "; it has to begin with -----BEGIN PRIVATE KEY-----");
        }
        if (!found.group(1).isEmpty()) {
            throw new InvalidKeySpecException(
                    "the key in "
                            + file
                            + " is of the kind "
                            + found.group(1).trim()
                            + "; turn it into PKCS #8 without a password, for example with"
                            + " \"openssl pkcs8 -topk8 -nocrypt\"");
        }
        return decode(found.group(2), file);
    }

    private static PrivateKey decode(String base64, Path file) throws GeneralSecurityException {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new InvalidKeySpecException(
                    "the key in " + file + " is damaged; export it once more");
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException another) {
                continue; // it is a key of another algorithm
            }
        }
        throw new InvalidKeySpecException(
                "the key in " + file + " is damaged, or of none of the kinds " + ALGORITHMS);
    }

    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw new IOException("there is no file " + file);
        } catch (IOException unreadable) {
            throw new IOException("the file " + file + " cannot be read; may this user read it?");
        }
    }
}
