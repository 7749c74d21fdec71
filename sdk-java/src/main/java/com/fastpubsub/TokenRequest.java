package com.fastpubsub;

import java.util.Objects;

/**
 * What a new access token is to be.
 *
 * @param right what it allows
 * @param createdBy who asked for it, for lists; up to 256 bytes
 * @param description what it is for, for lists; up to 1024 bytes
 */
public record TokenRequest(TokenRight right, String createdBy, String description) {
    /**
     * Refuses null.
     *
     * @param right what it allows
     * @param createdBy who asked for it, for lists; up to 256 bytes
     * @param description what it is for, for lists; up to 1024 bytes
     */
    public TokenRequest {
        Objects.requireNonNull(right, "right");
        Objects.requireNonNull(createdBy, "createdBy");
        Objects.requireNonNull(description, "description");
    }
}
