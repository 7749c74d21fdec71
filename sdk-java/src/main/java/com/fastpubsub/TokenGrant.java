package com.fastpubsub;

import java.util.List;

/**
 * What may be done in some tenants. Several grants may name one tenant: the union holds.
 *
 * @param tenants the tenants, at least one, without wildcards
 * @param publish rules for the channels that may be published to; empty: none
 * @param subscribe rules for the patterns that may be subscribed to; empty: none
 */
public record TokenGrant(List<String> tenants, List<String> publish, List<String> subscribe) {
    /**
     * Copies the lists.
     *
     * @param tenants the tenants, at least one, without wildcards
     * @param publish rules for the channels that may be published to; empty: none
     * @param subscribe rules for the patterns that may be subscribed to; empty: none
     */
    public TokenGrant {
        tenants = List.copyOf(tenants);
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
    }
}
