package com.fastpubsub;

import java.time.Instant;

/**
 * A new access token.
 *
 * @param token the token, {@code AT_<id>_<secret>}: shown once, keep it
 * @param tokenId its id, which is no secret
 * @param expiresAt when it expires
 */
public record CreatedToken(String token, String tokenId, Instant expiresAt) {
    /** For people; the token is not shown. */
    @Override
    public String toString() {
        return "CreatedToken[token=[redacted], tokenId=%s, expiresAt=%s]"
                .formatted(tokenId, expiresAt);
    }
}
