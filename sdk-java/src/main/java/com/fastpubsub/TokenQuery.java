package com.fastpubsub;

import java.util.Objects;

/**
 * Which access tokens to list. Immutable; each method gives a changed copy.
 *
 * @param createdBy only tokens of whom; empty: all
 * @param pageSize most entries in a page, 1 to 1000; 0: 100
 * @param page {@link TokenPage#nextPage()} of the page before; empty: the first page
 */
public record TokenQuery(String createdBy, int pageSize, String page) {
    /** All tokens. */
    public static final TokenQuery ALL = new TokenQuery("", 0, "");

    /**
     * Refuses null.
     *
     * @param createdBy only tokens of whom; empty: all
     * @param pageSize most entries in a page, 1 to 1000; 0: 100
     * @param page {@link TokenPage#nextPage()} of the page before; empty: the first page
     */
    public TokenQuery {
        Objects.requireNonNull(createdBy, "createdBy");
        Objects.requireNonNull(page, "page");
    }

    /**
     * Lists only somebody's tokens.
     *
     * @param who equals the token's {@code createdBy}
     * @return a copy with that
     */
    public TokenQuery withCreatedBy(String who) {
        return new TokenQuery(who, pageSize, page);
    }

    /**
     * Bounds a page.
     *
     * @param size 1 to 1000
     * @return a copy with that
     */
    public TokenQuery withPageSize(int size) {
        return new TokenQuery(createdBy, size, page);
    }

    /**
     * Goes on behind a page.
     *
     * @param nextPage of the page before
     * @return a copy with that
     */
    public TokenQuery withPage(String nextPage) {
        return new TokenQuery(createdBy, pageSize, nextPage);
    }
}
