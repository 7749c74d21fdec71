package com.fastpubsub.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.secret.SecretText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SDK-2: fixed tokens and token sources. */
class CredentialTest {
    private static final long TIMEOUT = Duration.ofSeconds(10).toNanos();

    private final FakeScheduler scheduler = new FakeScheduler();
    private final List<Credential.Answer> answers = new ArrayList<>();

    private Credential.Answer ask(Credential credential) {
        credential.ask(scheduler, TIMEOUT, answers::add);
        scheduler.run();
        assertThat(answers).hasSize(1);
        assertThat(scheduler.waiting()).isZero();
        return answers.get(0);
    }

    private Fault failure(Credential credential) {
        return ((Credential.Failed) ask(credential)).cause();
    }

    private static Credential from(Credential.Source source) {
        return Credential.from(source, Runnable::run);
    }

    @Test
    void aFixedTokenIsNeverFresh() {
        Credential fixed = Credential.fixed(new SecretText("AT_a_b"));
        assertThat(fixed.isRenewable()).isFalse();
        assertThat(((Credential.Token) ask(fixed)).text().reveal()).isEqualTo("AT_a_b");
    }

    @Test
    void aSourceIsAskedEveryTime() {
        List<String> tokens = new ArrayList<>(List.of("AT_1_s", "AT_2_s"));
        Credential source = from(() -> tokens.remove(0));
        assertThat(source.isRenewable()).isTrue();
        ask(source);
        answers.clear();
        assertThat(((Credential.Token) ask(source)).text().reveal()).isEqualTo("AT_2_s");
    }

    @Test
    void aFailureOfASourceCanBeMended() {
        Fault fault =
                failure(
                        from(
                                () -> {
                                    throw new java.io.IOException("the vault is away");
                                }));
        assertThat(fault.reason()).isEqualTo(Reason.TOKEN_SOURCE_FAILED);
        assertThat(fault.isRetryable()).isTrue();
        assertThat(fault)
                .hasToString(
                        "TOKEN_SOURCE_FAILED: the token source gave no token: the vault is away");
    }

    @Test
    void aSourceThatIsRefusedForGoodIsFinal() {
        Fault fault =
                failure(
                        from(
                                () -> {
                                    throw new FaultException(
                                            Fault.of(Reason.MASTER_TOKEN_INVALID, "wrong"));
                                }));
        assertThat(fault.reason()).isEqualTo(Reason.TOKEN_SOURCE_FAILED);
        assertThat(fault.isRetryable()).isFalse();
    }

    @Test
    void aSourceThatTakesTooLongIsLeftAlone() {
        List<Runnable> work = new ArrayList<>();
        Credential slow = Credential.from(() -> "AT_late_s", work::add);
        slow.ask(scheduler, TIMEOUT, answers::add);
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(answers).hasSize(1).first().isInstanceOf(Credential.Failed.class);
        work.forEach(Runnable::run);
        scheduler.run();
        assertThat(answers).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AT_a_b\n", "AT a b", "AT_ü_b", "\u0000"})
    void aTokenThatCannotTravelIsRefusedWithoutShowingIt(String token) {
        Fault fault = failure(from(() -> token));
        assertThat(fault.reason()).isEqualTo(Reason.TOKEN_INVALID);
        assertThat(fault.toString()).doesNotContain(token);
    }

    @Test
    void noTokenIsMissing() {
        assertThat(failure(from(() -> "")).reason()).isEqualTo(Reason.TOKEN_MISSING);
        answers.clear();
        assertThat(failure(from(() -> null)).reason()).isEqualTo(Reason.TOKEN_MISSING);
    }

    @Test
    void secretsAreNotShown() { // SDK-19
        assertThat(ask(Credential.fixed(new SecretText("AT_a_b"))).toString())
                .doesNotContain("AT_a_b")
                .contains("[redacted]");
    }

    @Test
    void aTokenIsRenewedAMinuteBeforeItExpires() {
        RenewalSchedule plan = RenewalSchedule.of(Duration.ofHours(1).toNanos());
        assertThat(Duration.ofNanos(plan.first())).isEqualTo(Duration.ofMinutes(59));
        assertThat(Duration.ofNanos(plan.again())).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aShortLivedTokenIsRenewedInTheLastThird() {
        RenewalSchedule plan = RenewalSchedule.of(Duration.ofSeconds(9).toNanos());
        assertThat(Duration.ofNanos(plan.first())).isEqualTo(Duration.ofSeconds(6));
        assertThat(Duration.ofNanos(plan.again())).isEqualTo(Duration.ofMillis(500));
        assertThat(RenewalSchedule.of(1))
                .isEqualTo(
                        new RenewalSchedule(
                                Duration.ofMillis(100).toNanos(),
                                Duration.ofMillis(100).toNanos()));
    }
}
