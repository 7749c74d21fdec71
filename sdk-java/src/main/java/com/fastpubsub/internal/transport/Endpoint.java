package com.fastpubsub.internal.transport;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server address.
 *
 * @param kind the transport
 * @param secure whether there is TLS
 * @param host without brackets
 * @param port the port
 * @param path of a WebSocket, with its query; starts with a slash
 */
public record Endpoint(Kind kind, boolean secure, String host, int port, String path) {
    private static final int GRPC_PORT = 9090;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** The transports. */
    public enum Kind {
        /** Subprotocol fastpubsub.v1. */
        WEBSOCKET,
        /** PubSubService.Session, or the token service. */
        GRPC,
        /** The token service over HTTP. */
        HTTP
    }

    private record Scheme(Kind kind, boolean secure, int port) {}

    /** Reads the address of a session (SDK-1). It never repeats what may be a secret. */
    public static Endpoint ofSession(String address) {
        return parse(
                address,
                "it must start with ws://, wss://, grpc:// or grpcs://",
                "ws://127.0.0.1:8080/ws",
                Kind.WEBSOCKET,
                Kind.GRPC);
    }

    /** Reads the address of a token service (SDK-15). */
    public static Endpoint ofTokenService(String address) {
        return parse(
                address,
                "it must start with http://, https://, grpc:// or grpcs://",
                "http://127.0.0.1:8080",
                Kind.HTTP,
                Kind.GRPC);
    }

    private static Endpoint parse(String address, String schemes, String example, Kind... kinds) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException unreadable) {
            throw invalid("it cannot be read", example);
        }
        Scheme scheme = scheme(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
        if (scheme == null || !List.of(kinds).contains(scheme.kind())) {
            throw invalid(schemes, example);
        }
        String wrong = whatIsWrong(uri, scheme.kind());
        if (wrong != null) {
            throw invalid(wrong, example);
        }
        String host = uri.getHost();
        boolean bracketed = host.startsWith("[");
        return new Endpoint(
                scheme.kind(),
                scheme.secure(),
                bracketed ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? scheme.port() : uri.getPort(),
                pathOf(uri));
    }

    private static @Nullable Scheme scheme(String name) {
        return switch (name) {
            case "ws" -> new Scheme(Kind.WEBSOCKET, false, HTTP_PORT);
            case "wss" -> new Scheme(Kind.WEBSOCKET, true, HTTPS_PORT);
            case "grpc" -> new Scheme(Kind.GRPC, false, GRPC_PORT);
            case "grpcs" -> new Scheme(Kind.GRPC, true, GRPC_PORT);
            case "http" -> new Scheme(Kind.HTTP, false, HTTP_PORT);
            case "https" -> new Scheme(Kind.HTTP, true, HTTPS_PORT);
            default -> null;
        };
    }

    private static @Nullable String whatIsWrong(URI uri, Kind kind) {
        if (uri.getRawUserInfo() != null
                || uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            return "it has a user or a password in it; an access token is given beside the address";
        }
        if (uri.getHost() == null) {
            return "it names no host";
        }
        if (uri.getPort() == 0 || uri.getPort() > 0xffff) {
            return "a port is 1 to 65535";
        }
        if (uri.getRawFragment() != null) {
            return "it has a fragment";
        }
        boolean hasPath = !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
        if (kind == Kind.GRPC && (hasPath || uri.getRawQuery() != null)) {
            return "an address with grpc:// or grpcs:// has a host and a port, and no path";
        }
        return null;
    }

    private static String pathOf(URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static FaultException invalid(String what, String example) {
        return new FaultException(
                Fault.of(
                        Reason.REQUEST_INVALID,
                        "the server address is not valid: " + what + "; for example " + example));
    }

    /** host:port, as it stands in an address. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The address with another scheme. */
    public URI uri(String scheme) {
        return URI.create(scheme + (secure ? "s" : "") + "://" + authority() + path);
    }
}
