package com.fastpubsub;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What an access token allows. An empty list of {@code ipMasks}, {@code regions} or {@code origins}
 * means no restriction.
 *
 * @param grants what may be done in which tenants; empty: nothing
 * @param ipMasks single addresses or CIDR blocks that the client's address must be in
 * @param regions regions that the server's own must be among
 * @param origins web origins that the client's Origin header must equal one of
 * @param expiresAt when the token expires: at most 24 hours ahead of the server's clock
 */
public record TokenRight(
        List<TokenGrant> grants,
        List<String> ipMasks,
        List<String> regions,
        List<String> origins,
        Instant expiresAt) {
    /**
     * Copies the lists.
     *
     * @param grants what may be done in which tenants; empty: nothing
     * @param ipMasks single addresses or CIDR blocks that the client's address must be in
     * @param regions regions that the server's own must be among
     * @param origins web origins that the client's Origin header must equal one of
     * @param expiresAt when the token expires: at most 24 hours ahead of the server's clock
     */
    public TokenRight {
        grants = List.copyOf(grants);
        ipMasks = List.copyOf(ipMasks);
        regions = List.copyOf(regions);
        origins = List.copyOf(origins);
        Objects.requireNonNull(expiresAt, "expiresAt");
    }

    /**
     * A right without restrictions of addresses, regions and origins.
     *
     * @param expiresAt when the token expires
     * @param grants what may be done in which tenants
     * @return the right
     */
    public static TokenRight of(Instant expiresAt, TokenGrant... grants) {
        return new TokenRight(List.of(grants), List.of(), List.of(), List.of(), expiresAt);
    }
}
