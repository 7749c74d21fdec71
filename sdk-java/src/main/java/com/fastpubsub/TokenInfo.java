package com.fastpubsub;

import java.time.Instant;

/**
 * What is known of an access token; never a secret.
 *
 * @param tokenId its id
 * @param right what it allows
 * @param createdBy who asked for it
 * @param description what it is for
 * @param createdAt when it was created
 * @param state whether it can be used
 */
public record TokenInfo(
        String tokenId,
        TokenRight right,
        String createdBy,
        String description,
        Instant createdAt,
        TokenState state) {}
