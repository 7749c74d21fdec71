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
            if (isFinal(at)) {
                return Fault.of(Reason.UNREACHABLE, text + WITH_TLS, at).asFinal();
            }
            at = at.getCause();
        }
        return Fault.of(Reason.UNREACHABLE, text, cause);
    }

    private static boolean isFinal(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean plain =
                failure instanceof SSLException
                        && (text.contains("unrecognized ssl message")
                                || text.contains("not an ssl/tls record"));
        return plain || failure instanceof GeneralSecurityException;
    }
}
