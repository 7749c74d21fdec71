package examples;

import java.net.URI;

/**
 * Where the examples find a server: {@code fastpubsub serve --dev} prints what belongs here.
 *
 * @param address the session's address, such as {@code ws://127.0.0.1:8080/ws}
 * @param accessToken an access token for tenant my-tenant
 * @param tokenService the token service's address, such as {@code http://127.0.0.1:8080}
 * @param masterToken a master token
 */
public record Server(URI address, String accessToken, URI tokenService, String masterToken) {
    /** Reads FASTPUBSUB_URL, FASTPUBSUB_TOKEN, FASTPUBSUB_SERVER and FASTPUBSUB_MASTER_TOKEN. */
    public static Server ofEnvironment() {
        return new Server(
                URI.create(variable("FASTPUBSUB_URL", "ws://127.0.0.1:8080/ws")),
                variable("FASTPUBSUB_TOKEN", ""),
                URI.create(variable("FASTPUBSUB_SERVER", "http://127.0.0.1:8080")),
                variable("FASTPUBSUB_MASTER_TOKEN", ""));
    }

    private static String variable(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /** The tokens are not shown. */
    @Override
    public String toString() {
        return "Server[" + address + ", " + tokenService + "]";
    }
}
