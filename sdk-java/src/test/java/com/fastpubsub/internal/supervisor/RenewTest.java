package com.fastpubsub.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fake.FakePeer;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.SessionRequest.CommandCase;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SDK-2: a fresh token in time, without reconnecting. */
class RenewTest {
    private int asked;
    private boolean away;
    private final FakeClient client =
            new FakeClient(Credential.from(this::nextToken, Runnable::run));
    private final FakePeer peer = client.network.take();

    private String nextToken() throws IOException {
        if (away) {
            throw new IOException("the vault is away");
        }
        asked++;
        return "AT_" + asked + "_s";
    }

    private void expireIn(Duration left) {
        peer.withTokenExpiry(client.scheduler.now().plus(left));
    }

    @Test
    void theTokenIsReplacedShortlyBeforeItExpires() {
        expireIn(Duration.ofHours(1));
        peer.serve();
        client.scheduler.advance(Duration.ofMinutes(58));
        assertThat(asked).isEqualTo(1);
        expireIn(Duration.ofHours(1));
        client.scheduler.advance(Duration.ofMinutes(1));
        assertThat(peer.token()).isEqualTo("AT_2_s");
        client.scheduler.advance(Duration.ofMinutes(57));
        assertThat(asked).isEqualTo(2);
        expireIn(Duration.ofHours(1));
        client.scheduler.advance(Duration.ofMinutes(1));
        assertThat(peer.token()).isEqualTo("AT_3_s");
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
        assertThat(client.network.attempts()).isEqualTo(1);
    }

    @Test
    void aSourceThatFailsIsAskedAgainInTime() {
        expireIn(Duration.ofHours(1));
        peer.serve();
        away = true;
        client.scheduler.advance(Duration.ofMinutes(59).plusSeconds(25));
        assertThat(client.errors)
                .hasSize(3)
                .allMatch(fault -> fault.is(Reason.TOKEN_SOURCE_FAILED));
        away = false;
        expireIn(Duration.ofHours(1));
        client.scheduler.advance(Duration.ofSeconds(5));
        assertThat(peer.token()).isEqualTo("AT_2_s");
        assertThat(client.state()).isEqualTo("CONNECTED");
    }

    @Test
    void aFreshTokenThatIsRefusedIsReportedAndAnotherOneTried() {
        expireIn(Duration.ofHours(1));
        peer.hold(CommandCase.AUTHENTICATE).serve();
        client.scheduler.advance(Duration.ofMinutes(59));
        long id =
                peer.takeReceived(CommandCase.AUTHENTICATE).get(0).getAuthenticate().getRequestId();
        peer.refuse(id, ErrorReason.ERROR_REASON_TOKEN_INVALID);
        assertThat(client.errors).extracting(Fault::reason).containsExactly(Reason.TOKEN_INVALID);
        assertThat(client.errors.get(0).text()).startsWith("the token could not be renewed");
        client.scheduler.advance(Duration.ofSeconds(10));
        assertThat(peer.takeReceived(CommandCase.AUTHENTICATE)).hasSize(1);
        assertThat(client.state()).isEqualTo("CONNECTED");
    }

    @Test
    void aTokenThatRanOutIsReplacedByReconnecting() {
        expireIn(Duration.ofMinutes(1));
        peer.serve();
        away = true;
        client.scheduler.advance(Duration.ofMinutes(1));
        away = false;
        peer.closeFor(ErrorReason.ERROR_REASON_TOKEN_EXPIRED);
        assertThat(client.states).last().isEqualTo("RECONNECTING TOKEN_EXPIRED");
        client.waitForBackoff();
        assertThat(client.network.take().token()).isEqualTo("AT_2_s");
    }

    @Test
    void aFixedTokenIsNotReplaced() {
        FakeClient fixed = new FakeClient(Credential.fixed(new SecretText("AT_1_s")));
        FakePeer other = fixed.network.take();
        other.withTokenExpiry(fixed.scheduler.now().plusSeconds(60)).serve();
        fixed.scheduler.advance(Duration.ofSeconds(60));
        assertThat(other.takeReceived(CommandCase.AUTHENTICATE)).isEmpty();
    }

    @Test
    void closingEndsTheRenewal() {
        expireIn(Duration.ofHours(1));
        peer.serve();
        client.close();
        client.assertNothingIsLeft();
        assertThat(asked).isEqualTo(1);
    }
}
