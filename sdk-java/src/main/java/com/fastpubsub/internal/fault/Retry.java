package com.fastpubsub.internal.fault;

/** Whether the same may succeed when it is tried again. */
public enum Retry {
    /** Never without a change on the client's side. */
    NO,
    /** With a fresh access token. */
    FRESH_TOKEN,
    /** After the client has given something back or slowed down. */
    LATER,
    /** With back-off. */
    YES
}
