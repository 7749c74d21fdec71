package com.fastpubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.internal.inbox.InboxLimits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SDK-12, SDK-19: options cannot be half valid, and nothing shows a secret. */
class OptionsTest {
    private static final String SECRET = "AT_id_0123456789abcdef";

    private static void assertInvalid(Runnable setting, String text) {
        assertThatThrownBy(setting::run)
                .isInstanceOfSatisfying(
                        FastPubSubException.class,
                        refused -> {
                            assertThat(refused.reason()).isEqualTo(Reason.REQUEST_INVALID);
                            assertThat(refused.retryable()).isFalse();
                            assertThat(refused.getMessage()).contains(text);
                        });
    }

    @Test
    void wrongSettingsAreNamed() {
        ClientOptions.Builder builder = ClientOptions.withToken(SECRET);
        assertInvalid(() -> builder.callTimeout(Duration.ZERO), "callTimeout is PT0S");
        assertInvalid(() -> builder.connectTimeout(Duration.ofSeconds(-1)), "connectTimeout");
        assertInvalid(() -> builder.attemptTimeout(Duration.ofDays(99_999)), "attemptTimeout");
        assertInvalid(() -> builder.closeTimeout(Duration.ZERO), "closeTimeout");
        assertInvalid(() -> builder.publishBuffer(0, 1), "publishBuffer messages is 0");
        assertInvalid(() -> builder.publishBuffer(1, 0), "publishBuffer bytes is 0");
        assertInvalid(() -> builder.subscriptionBuffer(0, 1), "subscriptionBuffer messages is 0");
        assertInvalid(() -> builder.subscriptionBuffer(1, -1), "subscriptionBuffer bytes is -1");
        assertInvalid(
                () -> builder.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)),
                "must not get shorter");
        assertInvalid(
                () -> SubscriptionOptions.DEFAULT.withBufferMessages(0), "bufferMessages is 0");
        assertInvalid(() -> SubscriptionOptions.DEFAULT.withBufferBytes(-1), "bufferBytes is -1");
        assertInvalid(() -> PublishOptions.DEFAULT.withTimeout(Duration.ZERO), "timeout is PT0S");
    }

    @Test
    void changedCopiesKeepTheRest() {
        PublishOptions options =
                PublishOptions.DEFAULT
                        .withDeliveryMode(DeliveryMode.ONE_RANDOM)
                        .withoutAcknowledgement()
                        .withTimeout(Duration.ofSeconds(1));
        assertThat(options)
                .isEqualTo(
                        new PublishOptions(DeliveryMode.ONE_RANDOM, false, Duration.ofSeconds(1)));
        assertThat(
                        SubscriptionOptions.DEFAULT
                                .withBufferMessages(5)
                                .withBufferBytes(6)
                                .withTimeout(Duration.ofSeconds(7)))
                .isEqualTo(new SubscriptionOptions(5, 6, Duration.ofSeconds(7)));
        assertThat(TokenQuery.ALL.withCreatedBy("me").withPageSize(3).withPage("next"))
                .isEqualTo(new TokenQuery("me", 3, "next"));
    }

    /** SDK-11: a subscription's buffer is the client's, as far as its own options say nothing. */
    @Test
    void theBufferOfASubscriptionIsTheClientsUnlessItHasItsOwn() {
        SubscriptionOptions none = SubscriptionOptions.DEFAULT;
        ClientOptions usual = ClientOptions.withToken(SECRET).build();
        assertThat(none.buffer(usual)).isEqualTo(new InboxLimits(65_536, 8 << 20));
        ClientOptions own = ClientOptions.withToken(SECRET).subscriptionBuffer(5, 6).build();
        assertThat(none.buffer(own)).isEqualTo(new InboxLimits(5, 6));
        assertThat(none.withTimeout(Duration.ofSeconds(1)).buffer(own))
                .isEqualTo(new InboxLimits(5, 6));
        assertThat(none.withBufferMessages(7).buffer(own)).isEqualTo(new InboxLimits(7, 6));
        assertThat(none.withBufferBytes(8).buffer(own)).isEqualTo(new InboxLimits(5, 8));
        assertThat(own.toString()).contains("subscriptionBuffer=5 messages/6 bytes");
    }

    @Test
    void nothingShowsASecret() {
        assertThat(ClientOptions.withToken(SECRET).build().toString())
                .doesNotContain(SECRET)
                .contains("[redacted]");
        assertThat(ClientOptions.withTokenSource(() -> SECRET).build().toString())
                .contains("from a source");
        assertThat(new CreatedToken(SECRET, "id", Instant.EPOCH).toString()).doesNotContain(SECRET);
        assertThat(TlsOptions.builder().insecureSkipVerify().build())
                .hasToString("TlsOptions[ownTrust=true, clientCertificate=false, insecure=true]");
    }

    @Test
    void aMessageDoesNotShowItsPayload() {
        byte[] payload = "secret".getBytes(StandardCharsets.UTF_8);
        Message message = new Message("t", "c", 1, 2, 1_500_000_000L, payload);
        assertThat(message.toString()).doesNotContain("secret").contains("payload=6 bytes");
        assertThat(message.payloadText()).isEqualTo("secret");
        assertThat(message.payload().isReadOnly()).isTrue();
        assertThat(message.payload().remaining()).isEqualTo(6);
        assertThat(message.payloadBytes()).isEqualTo(payload).isNotSameAs(payload);
        assertThat(message.publishedAt()).isEqualTo("1970-01-01T00:00:01.500Z");
        assertThat(message.id()).isEqualTo(new MessageId(1, 2));
        assertThat(message.id()).hasToString("0000000000000001-0000000000000002");
    }

    @Test
    void unusableCertificatesAndKeysAreRefusedWithoutShowingThem(@TempDir Path folder)
            throws Exception {
        Path missing = folder.resolve("missing.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path damaged =
                Files.writeString(
                        folder.resolve("damaged.pem"),
                        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        Path old =
                Files.writeString(
                        folder.resolve("old.pem"),
                        "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----");
        TlsOptions.Builder builder = TlsOptions.builder();
        assertInvalid(() -> builder.certificateAuthority(missing), "there is no file");
        assertInvalid(() -> builder.certificateAuthority(empty), "there is no certificate");
        assertInvalid(() -> builder.clientCertificate(empty, empty), "there is no private key");
        assertInvalid(() -> builder.clientCertificate(empty, damaged), "of none of the kinds");
        assertInvalid(() -> builder.clientCertificate(empty, old), "openssl pkcs8");
    }

    /** SDK-14: the text says what is expected, and shows nothing of what stands there. */
    @Test
    void whatIsNoPemIsRefusedWithWhatToDo(@TempDir Path folder) throws Exception {
        Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nonsense");
        Path key = Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", someKey()));
        Path noKey = Files.writeString(folder.resolve("no-key.pem"), pem("CERTIFICATE", "c2Vj"));
        Path undecodable =
                Files.writeString(folder.resolve("undecodable.pem"), pem("PRIVATE KEY", "c"));
        TlsOptions.Builder builder = TlsOptions.builder();
        String certificate = "has to begin with -----BEGIN CERTIFICATE-----";
        assertInvalid(() -> builder.certificateAuthority(nonsense), certificate);
        assertInvalid(() -> builder.certificateAuthority(key), certificate);
        assertInvalid(() -> builder.clientCertificate(nonsense, key), certificate);
        assertInvalid(() -> builder.clientCertificate(key, key), certificate);
        assertInvalid(() -> builder.clientCertificate(noKey, key), "damaged; export it once more");
        String privateKey = "has to begin with -----BEGIN PRIVATE KEY-----";
        assertInvalid(() -> builder.clientCertificate(noKey, nonsense), privateKey);
        assertInvalid(() -> builder.clientCertificate(noKey, noKey), privateKey);
        assertInvalid(
                () -> builder.clientCertificate(noKey, undecodable), "damaged; export it once");
        assertInvalid(() -> builder.clientCertificate(noKey, folder), "cannot be read");
    }

    private static String pem(String kind, String base64) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, base64, kind);
    }

    private static String someKey() throws Exception {
        byte[] key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate().getEncoded();
        return Base64.getEncoder().encodeToString(key);
    }

    @Test
    void wrongAddressesAndTokensFailWithTheirReason() {
        assertThatThrownBy(() -> FastPubSub.connect(URI.create("http://host"), SECRET))
                .isInstanceOfSatisfying(
                        FastPubSubException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.REQUEST_INVALID))
                .hasMessageNotContaining(SECRET);
        assertThatThrownBy(() -> FastPubSub.connect(URI.create("ws://127.0.0.1:1"), "AT_\n"))
                .isInstanceOfSatisfying(
                        FastPubSubException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.TOKEN_INVALID));
        assertThatThrownBy(() -> TokenClient.create(URI.create("http://host"), "a master\n"))
                .isInstanceOfSatisfying(
                        FastPubSubException.class,
                        refused ->
                                assertThat(refused.reason())
                                        .isEqualTo(Reason.MASTER_TOKEN_INVALID));
    }

    @Test
    void anExceptionOfASourceCanBeFinal() {
        FastPubSubException gaveUp = FastPubSubException.tokenSourceGaveUp("no more", null);
        assertThat(gaveUp.reason()).isEqualTo(Reason.TOKEN_SOURCE_FAILED);
        assertThat(gaveUp.retryable()).isFalse();
        assertThat(gaveUp).hasMessage("TOKEN_SOURCE_FAILED: no more");
    }
}
