package com.fastpubsub;

import com.fastpubsub.v1.CreateTokenRequest;
import com.fastpubsub.v1.CreateTokenResponse;
import com.fastpubsub.v1.ListTokensResponse;
import com.fastpubsub.v1.Right;
import com.fastpubsub.v1.TenantGrant;
import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Turns what an application gives into messages of the contract, and back. */
final class TokenMessages {
    private TokenMessages() {}

    static CreateTokenRequest toWire(TokenRequest request) {
        return CreateTokenRequest.newBuilder()
                .setRight(toWire(request.right()))
                .setCreatedBy(request.createdBy())
                .setDescription(request.description())
                .build();
    }

    private static Right toWire(TokenRight right) {
        Right.Builder wire =
                Right.newBuilder()
                        .addAllAllowIpMasks(right.ipMasks())
                        .addAllAllowRegions(right.regions())
                        .addAllAllowedWsOrigin(right.origins())
                        .setExpiresAt(toWire(right.expiresAt()));
        for (TokenGrant grant : right.grants()) {
            wire.addTenantGrants(
                    TenantGrant.newBuilder()
                            .addAllTenantIds(grant.tenants())
                            .addAllAllowChannelsPub(grant.publish())
                            .addAllAllowChannelsSub(grant.subscribe()));
        }
        return wire.build();
    }

    static Timestamp toWire(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    static Instant fromWire(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static CreatedToken fromWire(CreateTokenResponse response) {
        return new CreatedToken(
                response.getToken(), response.getTokenId(), fromWire(response.getExpiresAt()));
    }

    static TokenPage fromWire(ListTokensResponse response) {
        return new TokenPage(
                response.getTokensList().stream().map(TokenMessages::fromWire).toList(),
                response.getNextPageToken());
    }

    private static TokenInfo fromWire(com.fastpubsub.v1.TokenInfo info) {
        return new TokenInfo(
                info.getTokenId(),
                fromWire(info.getRight()),
                info.getCreatedBy(),
                info.getDescription(),
                fromWire(info.getCreatedAt()),
                fromWire(info.getState()));
    }

    private static TokenRight fromWire(Right right) {
        return new TokenRight(
                right.getTenantGrantsList().stream()
                        .map(
                                grant ->
                                        new TokenGrant(
                                                grant.getTenantIdsList(),
                                                grant.getAllowChannelsPubList(),
                                                grant.getAllowChannelsSubList()))
                        .toList(),
                right.getAllowIpMasksList(),
                right.getAllowRegionsList(),
                right.getAllowedWsOriginList(),
                fromWire(right.getExpiresAt()));
    }

    private static TokenState fromWire(com.fastpubsub.v1.TokenState state) {
        return switch (state) {
            case TOKEN_STATE_ACTIVE -> TokenState.ACTIVE;
            case TOKEN_STATE_EXPIRED -> TokenState.EXPIRED;
            case TOKEN_STATE_REVOKED -> TokenState.REVOKED;
            default -> TokenState.UNRECOGNIZED;
        };
    }
}
