package admission_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

var attacker = netip.MustParseAddr("192.0.2.66")

// timed refuses and says how long that took and whether RATE_LIMITED came of it.
func timed(t *testing.T, throttle *admission.Throttle, ip netip.Addr) (time.Duration, bool) {
	t.Helper()
	began := time.Now()
	err := throttle.Refuse(t.Context(), ip, token.ErrInvalid)
	if apierror.ReasonOf(err) == apierror.RateLimited {
		return time.Since(began), true
	}
	require.Equal(t, token.ErrInvalid, err)
	return time.Since(began), false
}

func fail(t *testing.T, throttle *admission.Throttle, ip netip.Addr, times int) {
	t.Helper()
	for range times {
		timed(t, throttle, ip)
	}
}

func TestRepeatedFailuresAreAnsweredLaterAndLater(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		var delays []time.Duration
		for range 12 {
			delay, limited := timed(t, throttle, attacker)
			assert.False(t, limited)
			delays = append(delays, delay)
		}
		const ms = time.Millisecond
		assert.Equal(t, []time.Duration{0, 0, 0, 0, 0, 62500 * time.Microsecond, 125 * ms, 250 * ms, 500 * ms, 1000 * ms, 1000 * ms, 1000 * ms}, delays)
	})
}

func TestFailuresAreForgotten(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		fail(t, throttle, attacker, 100)
		time.Sleep(30 * time.Second)
		delay, _ := timed(t, throttle, attacker)
		assert.Equal(t, 250*time.Millisecond, delay, "three are forgotten")
		time.Sleep(20 * time.Minute)
		for range 5 {
			delay, _ = timed(t, throttle, attacker)
			assert.Zero(t, delay)
		}
	})
}

func TestSourcesOfFailures(t *testing.T) { // TK-12
	tests := map[string]struct {
		other string
		same  bool
	}{
		"another address":          {"192.0.2.67", false},
		"the address, mapped":      {"::ffff:192.0.2.66", true},
		"an address of IPv6":       {"2001:db8:0:1::1", false},
		"an address without sense": {"", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkSource(t, attacker.String(), test.other, test.same) })
	}
	t.Run("in one /64", func(t *testing.T) { checkSource(t, "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true) })
	t.Run("in another /64", func(t *testing.T) { checkSource(t, "2001:db8:0:1::1", "2001:db8:0:2::1", false) })
	t.Run("in another zone", func(t *testing.T) { checkSource(t, "fe80::1%a", "fe80::1%b", true) })
	t.Run("both without sense", func(t *testing.T) { checkSource(t, "", "", true) })
}

func checkSource(t *testing.T, first, second string, same bool) {
	synctest.Test(t, func(t *testing.T) {
		parse := func(text string) netip.Addr {
			ip, _ := netip.ParseAddr(text) // "" is the zero address: none is known
			return ip
		}
		throttle := admission.NewThrottle()
		fail(t, throttle, parse(first), 9)
		delay, _ := timed(t, throttle, parse(second))
		assert.Equal(t, same, delay > 0)
	})
}

func TestClientsWithTheRightSecretNeverWait(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t, admission.Options{})
		good := d.issue(t, nil)
		expired := d.issue(t, func(r *token.Record) { r.ExpiresAt = noon })
		forbidden := d.issue(t, func(r *token.Record) { r.Right.IPMasks = []string{"198.51.100.1"} })
		from := func(text string) (time.Duration, error) {
			began := time.Now()
			_, err := d.Admit(t.Context(), admission.Credentials{Token: text, IP: attacker})
			return time.Since(began), err
		}
		for range 20 {
			delay, err := from(expired)
			requireReason(t, apierror.TokenExpired, err)
			assert.Zero(t, delay)
			delay, err = from(forbidden)
			requireReason(t, apierror.IPNotAllowed, err)
			assert.Zero(t, delay)
		}
		for range 20 {
			_, err := from(good + "x")
			requireReason(t, apierror.TokenInvalid, err)
			delay, err := from(good)
			require.NoError(t, err)
			assert.Zero(t, delay)
		}
		delay, err := from("nonsense")
		requireReason(t, apierror.TokenInvalid, err)
		assert.Equal(t, time.Second, delay, "what succeeded in between excuses nothing")
		delay, err = from("")
		requireReason(t, apierror.TokenMissing, err)
		assert.Zero(t, delay)
	})
}

func TestTooManyWaitingFromOneAddress(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		fail(t, throttle, attacker, 10)
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				delay, limited := timed(t, throttle, attacker)
				assert.False(t, limited)
				assert.Equal(t, time.Second, delay)
			})
		}
		synctest.Wait()
		for range 100 {
			delay, limited := timed(t, throttle, attacker)
			assert.True(t, limited)
			assert.Zero(t, delay)
		}
		delay, limited := timed(t, throttle, netip.MustParseAddr("192.0.2.1"))
		assert.False(t, limited, "others are not concerned")
		assert.Zero(t, delay)
		group.Wait()
		_, limited = timed(t, throttle, attacker)
		assert.False(t, limited, "there is room again")
	})
}

func TestTooManyWaitingInAll(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		source := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}) }
		for n := range 65 {
			fail(t, throttle, source(n), 5)
		}
		var group sync.WaitGroup
		for n := range 64 {
			for range 16 {
				group.Go(func() {
					_, limited := timed(t, throttle, source(n))
					assert.False(t, limited)
				})
			}
			synctest.Wait()
		}
		_, limited := timed(t, throttle, source(64))
		assert.True(t, limited, "1024 wait")
		group.Wait()
		_, limited = timed(t, throttle, source(64))
		assert.False(t, limited)
	})
}

func TestAClientThatIsGoneIsNotHeld(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		fail(t, throttle, attacker, 10)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		began := time.Now()
		assert.Equal(t, error(token.ErrInvalid), throttle.Refuse(ctx, attacker, token.ErrInvalid))
		assert.Equal(t, time.Millisecond, time.Since(began))
	})
}

func TestCloseAnswersThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t, admission.Options{})
		wrong := admission.Credentials{Token: "AT_a_b", IP: attacker}
		for range 10 {
			_, err := d.Admit(t.Context(), wrong)
			requireReason(t, apierror.TokenInvalid, err)
		}
		began := time.Now()
		answered := make(chan error)
		go func() {
			_, err := d.Admit(t.Context(), wrong)
			answered <- err
		}()
		synctest.Wait()
		d.Close()
		d.Close()
		requireReason(t, apierror.TokenInvalid, <-answered)
		assert.Zero(t, time.Since(began))
	})
}

// Many addresses cost bounded memory; one that keeps failing is not forgotten for
// others that came once.
func TestSourcesAreBounded(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		throttle := admission.NewThrottle()
		fail(t, throttle, attacker, 10)
		for n := range 3 * (1 << 14) {
			ip := netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
			delay, limited := timed(t, throttle, ip)
			require.Zero(t, delay)
			require.False(t, limited)
			if n%1000 == 0 {
				delay, _ := timed(t, throttle, attacker)
				require.Equal(t, time.Second, delay)
			}
		}
		require.LessOrEqual(t, throttle.Sources(), 1<<14)
	})
}

// LP-2, TK-12: a wrong token before the right one holds nobody back.
func TestAFallbackThatIsRightNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t, admission.Options{})
		good := d.issue(t, nil)
		began := time.Now()
		for _, first := range []string{"AT_00_11", "nonsense", good + "x", "", good} {
			for range 60 {
				_, err := d.Admit(t.Context(), admission.Credentials{Token: first, Fallback: good, IP: attacker})
				require.NoError(t, err)
			}
		}
		_, err := d.Admit(t.Context(), admission.Credentials{Token: "AT_00_11", IP: attacker})
		requireReason(t, apierror.TokenInvalid, err)
		assert.Zero(t, time.Since(began), "nothing has been counted")
	})
}

// TK-12: two wrong tokens are one failure, and a known one that is of no use does
// not make guesses free.
func TestWrongTokensTogetherAreOneFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t, admission.Options{})
		expired := d.issue(t, func(r *token.Record) { r.ExpiresAt = noon })
		for n, test := range []struct {
			first, second string
			want          apierror.Reason
		}{
			{"AT_00_11", "AT_22_33", apierror.TokenInvalid},
			{"AT_00_11", "AT_00_11", apierror.TokenInvalid},
			{"AT_00_11", expired, apierror.TokenExpired},
			{expired, "AT_00_11", apierror.TokenInvalid},
		} {
			ip := netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})
			var delays []time.Duration
			for range 6 {
				began := time.Now()
				_, err := d.Admit(t.Context(), admission.Credentials{Token: test.first, Fallback: test.second, IP: ip})
				requireReason(t, test.want, err)
				delays = append(delays, time.Since(began))
			}
			assert.Equal(t, []time.Duration{0, 0, 0, 0, 0, 62500 * time.Microsecond}, delays)
		}
	})
}

// LP-2: the fallback counts when the first token is to blame, and only then.
func TestWhenTheFallbackCounts(t *testing.T) {
	d := newDoor(t, admission.Options{})
	good := d.issue(t, nil)
	for name, change := range map[string]func(*token.Record){
		"expired": func(r *token.Record) { r.ExpiresAt = noon },
		"revoked": func(r *token.Record) { r.RevokedAt = noon },
		"place":   func(r *token.Record) { r.Right.IPMasks = []string{"198.51.100.1"} },
	} {
		admitted, err := d.Admit(t.Context(), admission.Credentials{Token: d.issue(t, change), Fallback: good, IP: attacker})
		require.NoError(t, err, name)
		assert.Equal(t, strings.Split(good, "_")[1], admitted.TokenID, name)
	}
	first, before := d.issue(t, nil), d.store.gets.Load()
	admitted, err := d.Admit(t.Context(), admission.Credentials{Token: first, Fallback: good})
	require.NoError(t, err)
	assert.Equal(t, strings.Split(first, "_")[1], admitted.TokenID)
	assert.EqualValues(t, 1, d.store.gets.Load()-before)

	_, err = d.Admit(t.Context(), admission.Credentials{Token: d.issue(t, func(r *token.Record) { r.Right.IPMasks = []string{"nowhere"} }), Fallback: good})
	requireReason(t, apierror.Internal, err)
	d.store.err = tokenstore.Unavailable(errors.New("the disk burns"))
	began := time.Now()
	for range 20 {
		_, err = d.Admit(t.Context(), admission.Credentials{Token: "nonsense", Fallback: good, IP: attacker})
		requireReason(t, apierror.StoreUnavailable, err)
	}
	assert.Less(t, time.Since(began), time.Second, "which is no failure of the client")
}
