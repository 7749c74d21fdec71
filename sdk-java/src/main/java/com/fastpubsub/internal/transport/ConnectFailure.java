package com.fastpubsub.internal.transport;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why an attempt reached no server. */
public final class ConnectFailure {
    private static final int MAX_DEPTH = 20;
    private static final String NO_TLS =
            " with TLS: what answers there does not speak it; is this the right port, or does the"
                    + " address have to begin with ws:// or grpc://?";
    private static final String CERTIFICATE_DEMANDED =
            ": the server demands a client certificate and got none that it accepts; give one, by"
                    + " TlsOptions.clientCertificate, that an authority of the server has issued";
    private static final String WITH_TLS =
            " with TLS; does this port speak TLS, and does each side trust the other's certificate?";

    private static final List<Class<? extends Throwable>> ELSEWHERE =
            List.of(
                    ConnectException.class,
                    NoRouteToHostException.class,
                    UnknownHostException.class,
                    InterruptedIOException.class,
                    TimeoutException.class,
                    SslHandshakeTimeoutException.class,
                    CancellationException.class,
                    InterruptedException.class);

    private ConnectFailure() {}

    /**
     * The fault of an attempt that reached no server. It is final when one side does not accept the
     * other's certificate, when the server does not speak TLS, or when a proxy wants a password,
     * which another attempt does not mend.
     *
     * @param handshake what is known of the last handshake, if there was one
     */
    public static Fault of(Endpoint endpoint, Handshake handshake, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        String text = "cannot connect to " + endpoint.authority();
        Throwable at = cause;
        for (int i = 0; at != null && i < MAX_DEPTH; i++) {
            Fault refusal = ProxyRefusal.of(endpoint, at);
            if (refusal != null) {
                return refusal;
            }
            if (isPlain(at)) {
                return Fault.of(Reason.UNREACHABLE, text + NO_TLS).asFinal();
            }
            if (at instanceof GeneralSecurityException) {
                return Fault.of(Reason.UNREACHABLE, text + WITH_TLS, at).asFinal();
            }
            if (CertificateAlert.is(at)) {
                return Fault.of(Reason.UNREACHABLE, text + CERTIFICATE_DEMANDED, at).asFinal();
            }
            at = at.getCause();
        }
        if (handshake.isUnmet() && isOfTheConnection(cause)) {
            return Fault.of(Reason.UNREACHABLE, text + CERTIFICATE_DEMANDED, cause).asFinal();
        }
        return Fault.of(Reason.UNREACHABLE, text, cause);
    }

    /** Not from making the connection, nor from waiting too long for it, nor from giving it up. */
    private static boolean isOfTheConnection(@Nullable Throwable failure) {
        Throwable at = failure;
        for (int i = 0; at != null && i < MAX_DEPTH; i++) {
            Throwable one = at;
            if (ELSEWHERE.stream().anyMatch(kind -> kind.isInstance(one))) {
                return false;
            }
            at = at.getCause();
        }
        return true;
    }

    /** Its text would only show the bytes that came instead. */
    private static boolean isPlain(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return failure instanceof SSLException
                && (text.contains("unrecognized ssl message")
                        || text.contains("not an ssl/tls record"));
    }
}
