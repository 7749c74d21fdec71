package com.fastpubsub.conformance.driver;

import com.fastpubsub.CreatedToken;
import com.fastpubsub.TlsOptions;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenGrant;
import com.fastpubsub.TokenInfo;
import com.fastpubsub.TokenPage;
import com.fastpubsub.TokenQuery;
import com.fastpubsub.TokenRequest;
import com.fastpubsub.TokenRight;
import com.fastpubsub.conformance.v1.TokenAnswer;
import com.fastpubsub.conformance.v1.TokenCommand;
import com.fastpubsub.v1.CreateTokenRequest;
import com.fastpubsub.v1.CreateTokenResponse;
import com.fastpubsub.v1.ListTokensResponse;
import com.fastpubsub.v1.RefreshTokenRequest;
import com.fastpubsub.v1.RefreshTokenResponse;
import com.fastpubsub.v1.RevokeTokenRequest;
import com.fastpubsub.v1.RevokeTokenResponse;
import com.fastpubsub.v1.Right;
import com.fastpubsub.v1.TenantGrant;
import com.fastpubsub.v1.TokenState;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Calls of the token client. */
final class TokenCalls {
    private TokenCalls() {}

    /** Makes a token client, makes the call, closes it. */
    static TokenAnswer call(TokenCommand command, RunningCommand running) throws IOException {
        TlsOptions.Builder tls = TlsOptions.builder();
        if (command.hasCaPem()) {
            ClientSettings.trust(tls, command.getCaPem());
        }
        String server = command.getServer();
        try (TokenClient tokens =
                TokenClient.create(server, command.getMasterToken(), tls.build())) {
            TokenAnswer answer = answer(tokens, command, running);
            return answer.toBuilder().setDebugText(tokens.toString()).build();
        }
    }

    private static TokenAnswer answer(
            TokenClient tokens, TokenCommand command, RunningCommand running) {
        return switch (command.getCallCase()) {
            case CREATE -> create(tokens, command.getCreate(), running);
            case REFRESH -> refresh(tokens, command.getRefresh(), running);
            case REVOKE -> revoke(tokens, command.getRevoke(), running);
            case LIST -> list(tokens, command.getList().getClientId(), running);
            case CALL_NOT_SET -> throw new IllegalArgumentException("no call of tokens");
        };
    }

    private static TokenAnswer create(
            TokenClient tokens, CreateTokenRequest request, RunningCommand running) {
        Right right = request.getRight();
        List<TokenGrant> grants =
                right.getTenantGrantsList().stream()
                        .map(
                                grant ->
                                        new TokenGrant(
                                                grant.getTenantIdsList(),
                                                grant.getAllowChannelsPubList(),
                                                grant.getAllowChannelsSubList()))
                        .toList();
        TokenRight wanted =
                new TokenRight(
                        grants,
                        right.getAllowIpMasksList(),
                        right.getAllowRegionsList(),
                        right.getAllowedWsOriginList(),
                        instant(right.getExpiresAt()));
        TokenRequest asked =
                new TokenRequest(wanted, request.getCreatedBy(), request.getDescription());
        CreatedToken issued = running.waitsFor(tokens.createToken(asked)).join();
        return TokenAnswer.newBuilder()
                .setCreate(
                        CreateTokenResponse.newBuilder()
                                .setToken(issued.token())
                                .setTokenId(issued.tokenId())
                                .setExpiresAt(timestamp(issued.expiresAt())))
                .build();
    }

    private static TokenAnswer refresh(
            TokenClient tokens, RefreshTokenRequest request, RunningCommand running) {
        Instant until = instant(request.getExpiresAt());
        Instant expiry = running.waitsFor(tokens.refreshToken(request.getTokenId(), until)).join();
        return TokenAnswer.newBuilder()
                .setRefresh(RefreshTokenResponse.newBuilder().setNewExpiresAt(timestamp(expiry)))
                .build();
    }

    private static TokenAnswer revoke(
            TokenClient tokens, RevokeTokenRequest request, RunningCommand running) {
        String token = request.getToken();
        running.waitsFor(
                        token.isEmpty()
                                ? tokens.revokeTokenById(request.getTokenId())
                                : tokens.revokeToken(token))
                .join();
        return TokenAnswer.newBuilder()
                .setRevoke(RevokeTokenResponse.getDefaultInstance())
                .build();
    }

    private static TokenAnswer list(
            TokenClient tokens, String createdBy, RunningCommand running) {
        ListTokensResponse.Builder all = ListTokensResponse.newBuilder();
        TokenQuery query = TokenQuery.ALL.withCreatedBy(createdBy);
        TokenPage page;
        do {
            page = running.waitsFor(tokens.listTokens(query)).join();
            page.tokens().forEach(info -> all.addTokens(onWire(info)));
            query = query.withPage(page.nextPage());
        } while (!page.nextPage().isEmpty());
        return TokenAnswer.newBuilder().setList(all).build();
    }

    private static com.fastpubsub.v1.TokenInfo onWire(TokenInfo info) {
        Right.Builder right =
                Right.newBuilder()
                        .addAllAllowIpMasks(info.right().ipMasks())
                        .addAllAllowRegions(info.right().regions())
                        .addAllAllowedWsOrigin(info.right().origins())
                        .setExpiresAt(timestamp(info.right().expiresAt()));
        for (TokenGrant grant : info.right().grants()) {
            right.addTenantGrants(
                    TenantGrant.newBuilder()
                            .addAllTenantIds(grant.tenants())
                            .addAllAllowChannelsPub(grant.publish())
                            .addAllAllowChannelsSub(grant.subscribe()));
        }
        return com.fastpubsub.v1.TokenInfo.newBuilder()
                .setTokenId(info.tokenId())
                .setRight(right)
                .setCreatedBy(info.createdBy())
                .setDescription(info.description())
                .setCreatedAt(timestamp(info.createdAt()))
                .setState(TokenState.valueOf("TOKEN_STATE_" + info.state().name()))
                .build();
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
