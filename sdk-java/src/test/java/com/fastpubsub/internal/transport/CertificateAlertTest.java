package com.fastpubsub.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SDK-14: what a server says of a client's certificate. */
class CertificateAlertTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Received fatal alert: bad_certificate",
                "(unsupported_certificate) Received fatal alert: unsupported_certificate",
                "Received fatal alert: certificate_revoked",
                "Received fatal alert: certificate_expired",
                "Received fatal alert: certificate_unknown",
                "Received fatal alert: unknown_ca",
                "Received fatal alert: access_denied",
                "Received fatal alert: certificate_required",
                "error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE",
                "error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED",
                "error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca",
                "error:0A000419:SSL routines::tlsv1 alert access denied"
            })
    void refusesACertificate(String text) {
        assertThat(CertificateAlert.is(new SSLException(text))).isTrue();
        assertThat(CertificateAlert.is(new SSLHandshakeException(text))).isTrue();
        assertThat(CertificateAlert.is(new IOException(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Received fatal alert: handshake_failure",
                "(certificate_unknown) PKIX path building failed", // this side's own
                "(bad_certificate) Received fatal alert: internal_error",
                "error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE",
                "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED",
                "Connection reset by peer"
            })
    void saysSomethingElse(String text) {
        assertThat(CertificateAlert.is(new SSLException(text))).isFalse();
    }

    @Test
    void saysNothing() {
        assertThat(CertificateAlert.is(new SSLException((String) null))).isFalse();
    }
}
