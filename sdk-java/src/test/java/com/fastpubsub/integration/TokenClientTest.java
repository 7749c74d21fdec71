package com.fastpubsub.integration;

import static com.fastpubsub.integration.Reading.assertRefused;
import static com.fastpubsub.integration.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.CreatedToken;
import com.fastpubsub.FastPubSubException;
import com.fastpubsub.Reason;
import com.fastpubsub.TokenClient;
import com.fastpubsub.TokenGrant;
import com.fastpubsub.TokenInfo;
import com.fastpubsub.TokenPage;
import com.fastpubsub.TokenQuery;
import com.fastpubsub.TokenRequest;
import com.fastpubsub.TokenRight;
import com.fastpubsub.TokenState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-15: the token client, over HTTP and over gRPC. */
class TokenClientTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TokenClient tokens(Transport transport, String masterToken) {
        String address = transport.address(server).toString();
        return TokenClient.create(
                URI.create(address.replace("ws://", "http://").replace("/ws", "")), masterToken);
    }

    private static TokenClient tokens(Transport transport) {
        return tokens(transport, server.masterToken());
    }

    private static Instant in(Duration time) {
        return Instant.now().plus(time).truncatedTo(ChronoUnit.MILLIS);
    }

    private static TokenRequest request(String createdBy, TokenGrant... grants) {
        return new TokenRequest(
                TokenRight.of(in(Duration.ofHours(1)), grants), createdBy, "of a test");
    }

    private static TokenGrant grant() {
        return new TokenGrant(List.of("t", "u"), List.of("a.#"), List.of("b.?", "c"));
    }

    @ParameterizedTest
    @EnumSource
    void aTokenIsCreatedListedRefreshedAndRevoked(Transport transport) {
        try (TokenClient tokens = tokens(transport)) {
            TokenRight right =
                    new TokenRight(
                            List.of(grant()),
                            List.of("127.0.0.0/8"),
                            List.of("eu"),
                            List.of("https://a.test"),
                            in(Duration.ofHours(1)));
            String owner = "owner-" + transport;
            CreatedToken issued =
                    tokens.createToken(new TokenRequest(right, owner, "of a test")).join();
            assertThat(issued.token()).startsWith("AT_" + issued.tokenId() + "_");
            assertThat(issued.expiresAt()).isEqualTo(right.expiresAt());

            TokenInfo info = only(tokens, owner);
            assertThat(info.tokenId()).isEqualTo(issued.tokenId());
            assertThat(info.right()).isEqualTo(right);
            assertThat(info.createdBy()).isEqualTo(owner);
            assertThat(info.description()).isEqualTo("of a test");
            assertThat(info.state()).isEqualTo(TokenState.ACTIVE);
            assertThat(info.toString()).doesNotContain(issued.token());

            Instant later = in(Duration.ofHours(2));
            assertThat(tokens.refreshToken(issued.tokenId(), later).join()).isEqualTo(later);
            assertThat(only(tokens, owner).right().expiresAt()).isEqualTo(later);

            tokens.revokeToken(issued.token()).join();
            assertThat(only(tokens, owner).state()).isEqualTo(TokenState.REVOKED);
            assertRefused(
                    Reason.TOKEN_NOT_FOUND,
                    () -> tokens.refreshToken(issued.tokenId(), later).join());
        }
    }

    private static TokenInfo only(TokenClient tokens, String owner) {
        List<TokenInfo> found =
                tokens.listTokens(TokenQuery.ALL.withCreatedBy(owner)).join().tokens();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @ParameterizedTest
    @EnumSource
    void listsComeInPages(Transport transport) {
        try (TokenClient tokens = tokens(transport)) {
            String owner = "pages-" + transport;
            for (int i = 0; i < 5; i++) {
                tokens.createToken(request(owner, grant())).join();
            }
            List<String> ids = new ArrayList<>();
            TokenQuery query = TokenQuery.ALL.withCreatedBy(owner).withPageSize(2);
            int pages = 0;
            String next = "";
            do {
                TokenPage page = tokens.listTokens(query.withPage(next)).join();
                page.tokens().forEach(info -> ids.add(info.tokenId()));
                next = page.nextPage();
                pages++;
            } while (!next.isEmpty());
            assertThat(pages).isEqualTo(3);
            assertThat(ids).hasSize(5).doesNotHaveDuplicates().isSorted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void revokingById(Transport transport) {
        try (TokenClient tokens = tokens(transport)) {
            CreatedToken issued = tokens.createToken(request("by-id", grant())).join();
            tokens.revokeTokenById(issued.tokenId()).join();
            assertRefused(Reason.TOKEN_NOT_FOUND, () -> tokens.revokeTokenById("unknown").join());
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusalsHaveTheirReason(Transport transport) {
        try (TokenClient tokens = tokens(transport)) {
            TokenRight tooLong = TokenRight.of(in(Duration.ofDays(2)), grant());
            assertRefused(
                    Reason.TTL_INVALID,
                    () -> tokens.createToken(new TokenRequest(tooLong, "", "")).join());
            TokenGrant badRule = new TokenGrant(List.of("t"), List.of("a..b"), List.of());
            assertRefused(
                    Reason.RULE_INVALID, () -> tokens.createToken(request("", badRule)).join());
            TokenGrant badTenant = new TokenGrant(List.of("t*"), List.of("a"), List.of());
            assertRefused(
                    Reason.TENANT_INVALID, () -> tokens.createToken(request("", badTenant)).join());
            assertRefused(
                    Reason.REQUEST_INVALID,
                    () -> tokens.listTokens(TokenQuery.ALL.withPageSize(-1)).join());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrongMasterTokenIsRefusedAndNotShown(Transport transport) {
        String wrong = "a-wrong-master-token-of-the-tests";
        try (TokenClient tokens = tokens(transport, wrong)) {
            FastPubSubException refusal = refusal(() -> tokens.listTokens(TokenQuery.ALL).join());
            assertThat(refusal.reason()).isEqualTo(Reason.MASTER_TOKEN_INVALID);
            assertThat(refusal.getMessage()).doesNotContain(wrong);
            assertThat(tokens.toString()).doesNotContain(wrong);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noServer(Transport transport) {
        String scheme = transport == Transport.GRPC ? "grpc" : "http";
        try (TokenClient tokens =
                TokenClient.create(URI.create(scheme + "://127.0.0.1:1"), "a-master-token")) {
            FastPubSubException refusal = refusal(() -> tokens.listTokens(TokenQuery.ALL).join());
            assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(refusal.getMessage()).contains("127.0.0.1:1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterClosingCallsFail(Transport transport) {
        TokenClient tokens = tokens(transport);
        tokens.close();
        tokens.close();
        assertRefused(Reason.CLOSED, () -> tokens.listTokens(TokenQuery.ALL).join());
    }
}
