package examples;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenGrant;
import com.fastpubsub.TokenRequest;
import com.fastpubsub.TokenRight;
import com.fastpubsub.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A token source: the client asks for a token before every connection, and shortly before the one
 * in use expires, so that the connection lives on. An application would ask a service of its own,
 * which keeps the master token to itself.
 */
public final class FreshTokens {
    private FreshTokens() {}

    public static void main(String[] arguments) {
        System.out.println(run(Server.ofEnvironment(), Duration.ofMinutes(5)));
    }

    static String run(Server server, Duration lifetime) {
        try (TokenClient tokens = TokenClient.create(server.tokenService(), server.masterToken())) {
            TokenSource source = () -> issue(tokens, lifetime);
            ClientOptions options =
                    ClientOptions.withTokenSource(source)
                            .onState(status -> System.out.println(status.state()))
                            .onError(error -> System.out.println(error.getMessage()))
                            .build();
            try (var client = FastPubSub.connect(server.address(), options)) {
                client.publish("my-tenant", "a", new byte[] {1}).join();
                return "published with a token that lasts " + lifetime;
            }
        }
    }

    private static String issue(TokenClient tokens, Duration lifetime) {
        TokenRight right =
                TokenRight.of(
                        Instant.now().plus(lifetime),
                        new TokenGrant(List.of("my-tenant"), List.of("#"), List.of("#")));
        return tokens.createToken(new TokenRequest(right, "examples", "a fresh token"))
                .join()
                .token();
    }
}
