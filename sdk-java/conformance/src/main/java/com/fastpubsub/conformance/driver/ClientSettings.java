package com.fastpubsub.conformance.driver;

import com.fastpubsub.SubscriptionOptions;
import com.fastpubsub.TlsOptions;
import com.fastpubsub.conformance.v1.ClientOptions;
import com.fastpubsub.conformance.v1.OpenCommand;
import com.fastpubsub.conformance.v1.SubscribeCommand;
import com.google.protobuf.Duration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The runner's options as the library's. */
final class ClientSettings {
    /** How many publishes wait where the runner has set only how many bytes. */
    private static final int PUBLISH_BUFFER_MESSAGES = 1 << 16;

    /** How many bytes wait to be read where the runner has set only how many messages. */
    private static final int SUBSCRIPTION_BUFFER_BYTES = 64 << 20;

    private ClientSettings() {}

    static java.time.Duration duration(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    static void apply(OpenCommand command, com.fastpubsub.ClientOptions.Builder builder)
            throws IOException {
        if (command.hasTimeout()) {
            builder.connectTimeout(duration(command.getTimeout()));
        }
        ClientOptions options = command.getOptions();
        if (options.hasBackOffMin()) {
            builder.backoff(duration(options.getBackOffMin()), duration(options.getBackOffMax()));
        }
        if (options.hasPublishBufferBytes()) {
            builder.publishBuffer(PUBLISH_BUFFER_MESSAGES, options.getPublishBufferBytes());
        }
        if (options.hasSubscriptionBufferMessages()) {
            builder.subscriptionBuffer(
                    options.getSubscriptionBufferMessages(), SUBSCRIPTION_BUFFER_BYTES);
        }
        builder.tls(tls(options));
    }

    private static TlsOptions tls(ClientOptions options) throws IOException {
        TlsOptions.Builder tls = TlsOptions.builder();
        if (options.hasCaPem()) {
            trust(tls, options.getCaPem());
        }
        if (options.hasCertificatePem()) {
            try (TemporaryFile certificate = new TemporaryFile(options.getCertificatePem());
                    TemporaryFile key = new TemporaryFile(options.getKeyPem())) {
                tls.clientCertificate(certificate.path(), key.path());
            }
        }
        if (options.getInsecureSkipVerify()) {
            tls.insecureSkipVerify();
        }
        return tls.build();
    }

    static void trust(TlsOptions.Builder tls, String authorities) throws IOException {
        try (TemporaryFile file = new TemporaryFile(authorities)) {
            tls.certificateAuthority(file.path());
        }
    }

    /** How a subscription buffers: as the command says, or else as the client does. */
    static SubscriptionOptions buffer(SubscribeCommand command) {
        return command.hasBufferMessages()
                ? SubscriptionOptions.DEFAULT.withBufferMessages(command.getBufferMessages())
                : SubscriptionOptions.DEFAULT;
    }

    /** A text in a file, which only this user can read. */
    private record TemporaryFile(Path path) implements AutoCloseable {
        TemporaryFile(String text) throws IOException {
            this(Files.writeString(Files.createTempFile("driver-", ".pem"), text));
        }

        @Override
        public void close() throws IOException {
            Files.delete(path);
        }
    }
}
