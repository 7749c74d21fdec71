package com.fastpubsub.internal.transport;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why an attempt reached no server. */
public final class ConnectFailure {
    private static final int MAX_DEPTH = 20;
    private static final String NO_TLS =
            " with TLS: what answers there does not speak it; is this the right port, or does the"
                    + " address have to begin with ws:// or grpc://?";
    private static final String WITH_TLS =
            " with TLS; does this port speak TLS, and does each side trust the other's certificate?";

    private ConnectFailure() {}

    /**
     * The fault of an attempt that reached no server. It is final when this side does not accept
     * the server's certificate, when the server does not speak TLS, or when a proxy wants a
     * password, which another attempt does not mend.
     */
    public static Fault of(Endpoint endpoint, @Nullable Throwable failure) {
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
            at = at.getCause();
        }
        return Fault.of(Reason.UNREACHABLE, text, cause);
    }

    /** Its text would only show the bytes that came instead. */
    private static boolean isPlain(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return failure instanceof SSLException
                && (text.contains("unrecognized ssl message")
                        || text.contains("not an ssl/tls record"));
    }
}
