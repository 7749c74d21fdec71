package com.fastpubsub;

/**
 * Why something failed. Programs compare this, never the text beside it.
 *
 * <p>The first part is the catalogue that every server and every client shares; the rest, from
 * {@link #UNREACHABLE} on, is what no server says.
 */
public enum Reason {
    /** No access token was given. */
    TOKEN_MISSING,
    /** The access token is malformed, unknown, or its secret is wrong. */
    TOKEN_INVALID,
    /** The access token was revoked by an administrator. */
    TOKEN_REVOKED,
    /** The access token ran out, or it was deactivated. */
    TOKEN_EXPIRED,
    /** The client's address is not among those that the token allows. */
    IP_NOT_ALLOWED,
    /** The server's region is not among those that the token allows. */
    REGION_NOT_ALLOWED,
    /** The token is for web pages of certain origins only. */
    ORIGIN_NOT_ALLOWED,
    /** The master token of an administrative call is missing or wrong. */
    MASTER_TOKEN_INVALID,
    /** The token does not allow publishing to this tenant and channel. */
    PUBLISH_DENIED,
    /** The token does not allow subscribing to everything that the pattern can match. */
    SUBSCRIBE_DENIED,
    /** The tenant breaks the grammar of tenants. */
    TENANT_INVALID,
    /** The channel breaks the grammar of channels. */
    CHANNEL_INVALID,
    /** The pattern breaks the grammar of patterns. */
    PATTERN_INVALID,
    /** A rule of a grant breaks the grammar of rules. */
    RULE_INVALID,
    /** The expiry is missing, in the past, or further ahead than the server's limit. */
    TTL_INVALID,
    /** The request has a value that is not accepted and that no other reason names. */
    REQUEST_INVALID,
    /** A frame that the protocol does not know. */
    FRAME_INVALID,
    /** The payload is longer than the limit. */
    PAYLOAD_TOO_LARGE,
    /** The connection holds as many subscriptions as it may. */
    TOO_MANY_SUBSCRIPTIONS,
    /** The token has as many live connections as it may. */
    TOO_MANY_CONNECTIONS,
    /** Too many requests in a short time. */
    RATE_LIMITED,
    /** The client reads more slowly than its messages arrive. */
    SLOW_CONSUMER,
    /** No token with this id exists. */
    TOKEN_NOT_FOUND,
    /** The server is being drained. */
    DRAINING,
    /** The server has more work than it can do. */
    OVERLOADED,
    /** The server is cut off from the other nodes. */
    BACKPLANE_UNAVAILABLE,
    /** The server is cut off from its token store. */
    STORE_UNAVAILABLE,
    /** A fault of the server. Its log says more. */
    INTERNAL,

    /** An attempt to connect did not reach a server that speaks the protocol. */
    UNREACHABLE,
    /** The connection broke while a command was in flight; its outcome is unknown. */
    CONNECTION_LOST,
    /** There is no connection, and the buffer for publishes is full. */
    BUFFER_FULL,
    /** The deadline of the call passed. */
    TIMED_OUT,
    /** The caller gave up. */
    CANCELED,
    /** The application has closed the client or the subscription. */
    CLOSED,
    /** The token source gave no token. */
    TOKEN_SOURCE_FAILED,
    /**
     * The server gave a reason that only newer clients know: see {@link
     * FastPubSubException#reasonName()}.
     */
    UNRECOGNIZED
}
