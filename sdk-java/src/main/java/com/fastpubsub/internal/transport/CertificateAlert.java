package com.fastpubsub.internal.transport;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * The alerts of TLS with which a server refuses a client's certificate, or that there is none (RFC
 * 8446, section 6.2).
 *
 * <p>No exception has the number of an alert, so texts tell it. They are the platform's, of {@code
 * sun.security.ssl.Alert}: "Received fatal alert: " and the RFC's name; and those of the BoringSSL
 * or OpenSSL that gRPC's Netty brings: "error:10000412:SSL routines:…", whose last twelve bits are
 * 1000 and the alert's number.
 */
final class CertificateAlert {
    private static final Map<Integer, String> NAMES =
            Map.of(
                    42, "bad_certificate",
                    43, "unsupported_certificate",
                    44, "certificate_revoked",
                    45, "certificate_expired",
                    46, "certificate_unknown",
                    48, "unknown_ca",
                    49, "access_denied",
                    116, "certificate_required");

    private static final Pattern PLATFORM = Pattern.compile("received fatal alert: ([a-z_]+)");
    private static final Pattern OPENSSL = Pattern.compile("error:([0-9a-f]{8}):ssl routines");

    private static final int HEXADECIMAL = 16;
    private static final int REASON_BITS = 0xfff;
    private static final int FIRST_ALERT = 1000;

    private CertificateAlert() {}

    /** Whether a failure is that the server has sent one of these alerts. */
    static boolean is(Throwable failure) {
        if (!(failure instanceof SSLException)) {
            return false;
        }
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        Matcher platform = PLATFORM.matcher(text);
        if (platform.find()) {
            return NAMES.containsValue(platform.group(1));
        }
        Matcher openSsl = OPENSSL.matcher(text);
        return openSsl.find() && NAMES.containsKey(alertOf(openSsl.group(1)));
    }

    private static int alertOf(String code) {
        return (Integer.parseUnsignedInt(code, HEXADECIMAL) & REASON_BITS) - FIRST_ALERT;
    }
}
