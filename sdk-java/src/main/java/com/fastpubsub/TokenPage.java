package com.fastpubsub;

import java.util.List;

/**
 * A page of access tokens, ordered by id.
 *
 * @param tokens the tokens
 * @param nextPage names the next page; empty: this was the last one
 */
public record TokenPage(List<TokenInfo> tokens, String nextPage) {
    /**
     * Copies the list.
     *
     * @param tokens the tokens
     * @param nextPage names the next page; empty: this was the last one
     */
    public TokenPage {
        tokens = List.copyOf(tokens);
    }
}
