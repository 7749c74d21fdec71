package com.fastpubsub;

/** Whether an access token can be used. */
public enum TokenState {
    /** It can be used. */
    ACTIVE,
    /** It ran out, or it was deactivated. */
    EXPIRED,
    /** It was revoked. */
    REVOKED,
    /** The server gave a state that only newer clients know. */
    UNRECOGNIZED
}
