package com.fastpubsub.internal.transport;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import io.grpc.netty.shaded.io.netty.handler.proxy.ProxyConnectException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a proxy says that makes no tunnel to the server. */
public final class ProxyRefusal {
    /** The status of a proxy that wants to know who asks. */
    static final int AUTHENTICATION_REQUIRED = 407;

    /** What to do about it. */
    static final String LOG_IN =
            "the proxy wants a user name and a password (407): give them with"
                    + " java.net.Authenticator.setDefault, and see whether they are right";

    private static final Pattern STATUS = Pattern.compile("status: (\\d{3})");

    private ProxyRefusal() {}

    /**
     * The fault of a tunnel that did not come about; null when the failure is none of a proxy. It
     * is final when the proxy asks for a password, which another attempt does not bring.
     */
    static @Nullable Fault of(Endpoint endpoint, Throwable failure) {
        if (!(failure instanceof ProxyConnectException)) {
            return null;
        }
        String text = "cannot connect to " + endpoint.authority() + " through the proxy: ";
        Matcher status = STATUS.matcher(String.valueOf(failure.getMessage()));
        if (!status.find()) {
            return Fault.of(Reason.UNREACHABLE, text + "it did not answer in order", failure);
        }
        if (Integer.parseInt(status.group(1)) == AUTHENTICATION_REQUIRED) {
            return Fault.of(Reason.UNREACHABLE, text + LOG_IN).asFinal();
        }
        return Fault.of(
                Reason.UNREACHABLE,
                text
                        + "it answered with HTTP status "
                        + status.group(1)
                        + "; may it connect to this address?");
    }
}
