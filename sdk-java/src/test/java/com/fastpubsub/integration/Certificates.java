package com.fastpubsub.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A private authority for one day, made with the platform's keytool. */
public final class Certificates {
    private static final String PASSWORD = "for-this-test-only";
    private static final long TOOL_SECONDS = 60;

    private final Path folder;
    private final String name;
    private final Path store;

    /** An authority that is valid now. */
    public Certificates(Path folder, String name) throws IOException {
        this(folder, name, "-0d");
    }

    /** An authority that is valid for one day from a date on, as keytool writes it. */
    public Certificates(Path folder, String name, String startDate) throws IOException {
        this.folder = folder;
        this.name = name;
        this.store = folder.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                "ca",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "bc:c",
                "-startdate",
                startDate,
                "-validity",
                "1");
    }

    /** The authority's certificate. */
    public Path authority() throws IOException, GeneralSecurityException {
        return write(name + "-ca.pem", "CERTIFICATE", load().getCertificate("ca").getEncoded());
    }

    /** A certificate for a purpose; its key is beside it. */
    public Path issue(String alias, String extension) throws IOException, GeneralSecurityException {
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + alias,
                "-validity",
                "1");
        Path request = folder.resolve(alias + ".csr");
        Path issued = folder.resolve(alias + ".crt");
        keytool("-certreq", "-alias", alias, "-file", request.toString());
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                request.toString(),
                "-outfile",
                issued.toString(),
                "-ext",
                extension,
                "-validity",
                "1");
        keytool("-importcert", "-alias", alias, "-file", issued.toString(), "-noprompt");
        KeyStore loaded = load();
        Key key = loaded.getKey(alias, PASSWORD.toCharArray());
        write(alias + "-key.pem", "PRIVATE KEY", key.getEncoded());
        Certificate certificate = loaded.getCertificate(alias);
        return write(alias + ".pem", "CERTIFICATE", certificate.getEncoded());
    }

    /** The key of a certificate that has been issued. */
    public Path key(String alias) {
        return folder.resolve(alias + "-key.pem");
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private Path write(String file, String kind, byte[] encoded) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("keytool failed: " + output);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
