package admission_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// counting is a store that counts the look-ups.
type counting struct {
	tokenstore.Store
	gets atomic.Int64
	err  error
}

func (c *counting) Get(ctx context.Context, id string) (token.Record, error) {
	c.gets.Add(1)
	if c.err != nil {
		return token.Record{}, c.err
	}
	return c.Store.Get(ctx, id)
}

// door is a gate with its store, and a clock that the test sets.
type door struct {
	*admission.Gate
	store *counting
	now   time.Time
}

func newDoor(t testing.TB, options admission.Options) *door {
	t.Helper()
	d := &door{store: &counting{Store: memory.New()}, now: noon}
	t.Cleanup(func() { require.NoError(t, d.store.Close()) })
	options.Store = d.store
	if options.Now == nil {
		options.Now = func() time.Time { return d.now }
	}
	d.Gate = admission.New(options)
	return d
}

// issue stores a token that is good for an hour, and gives its text.
func (d *door) issue(t testing.TB, change func(*token.Record)) string {
	t.Helper()
	text, id, hash, err := token.Generate()
	require.NoError(t, err)
	record := token.Record{
		ID: id, SecretHash: hash, CreatedAt: noon, ChangedAt: noon, ExpiresAt: noon.Add(time.Hour),
		Right: token.Right{Grants: []authz.Grant{{Tenants: []string{"t1"}, Publish: []string{"a.#"}, Subscribe: []string{"b.#"}}}},
	}
	if change != nil {
		change(&record)
	}
	require.NoError(t, d.store.Create(t.Context(), record))
	return text.Reveal()
}

func requireReason(t *testing.T, want apierror.Reason, err error, says ...string) {
	t.Helper()
	var refusal *apierror.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, apierror.Name(want), apierror.Name(refusal.Reason()), refusal.Message())
	for _, text := range says {
		assert.Contains(t, refusal.Message(), text)
	}
}

func TestAdmission(t *testing.T) { // TK-2, TK-4, AZ-1, AZ-2
	d := newDoor(t, admission.Options{})
	text := d.issue(t, func(r *token.Record) {
		r.Right.Grants = append(r.Right.Grants, authz.Grant{Tenants: []string{"t1"}, Publish: []string{"c"}})
	})
	admitted, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	require.NoError(t, err)
	assert.Equal(t, strings.Split(text, "_")[1], admitted.TokenID)
	assert.Equal(t, noon.Add(time.Hour), admitted.ExpiresAt)
	pattern, err := channel.ParsePattern("b.x.#", channel.MaxChannelBytes)
	require.NoError(t, err)
	assert.True(t, admitted.Rights.MayPublish("t1", "a.b"))
	assert.True(t, admitted.Rights.MayPublish("t1", "c"))
	assert.False(t, admitted.Rights.MayPublish("t1", "b"))
	assert.False(t, admitted.Rights.MayPublish("t2", "a.b"))
	assert.True(t, admitted.Rights.MaySubscribe("t1", pattern))

	again, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	require.NoError(t, err)
	assert.Same(t, admitted.Rights, again.Rights, "grants are compiled once")
}

func TestARefreshedTokenIsAdmittedWithItsNewExpiry(t *testing.T) { // TK-8, TK-9
	d := newDoor(t, admission.Options{})
	text := d.issue(t, nil)
	id := strings.Split(text, "_")[1]
	_, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	require.NoError(t, err)
	_, err = d.store.Update(t.Context(), id, func(r *token.Record) error {
		r.ExpiresAt = noon.Add(2 * time.Hour)
		return nil
	})
	require.NoError(t, err)
	d.now = noon.Add(time.Hour)
	admitted, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	require.NoError(t, err)
	assert.Equal(t, noon.Add(2*time.Hour), admitted.ExpiresAt)

	_, err = d.store.Update(t.Context(), id, func(r *token.Record) error {
		r.RevokedAt = d.now
		return nil
	})
	require.NoError(t, err)
	_, err = d.Admit(t.Context(), admission.Credentials{Token: text})
	requireReason(t, apierror.TokenRevoked, err, "revoked")
}

func TestStates(t *testing.T) { // TK-8, TK-9, TK-10
	tests := map[string]struct {
		change func(*token.Record)
		reason apierror.Reason
	}{
		"runs out now":         {func(r *token.Record) { r.ExpiresAt = noon }, apierror.TokenExpired},
		"ran out":              {func(r *token.Record) { r.ExpiresAt = noon.Add(-time.Hour) }, apierror.TokenExpired},
		"deactivated":          {func(r *token.Record) { r.ExpiresAt, r.Deactivated = noon.Add(-time.Hour), true }, apierror.TokenExpired},
		"revoked":              {func(r *token.Record) { r.RevokedAt = noon }, apierror.TokenRevoked},
		"revoked, and ran out": {func(r *token.Record) { r.RevokedAt, r.ExpiresAt = noon, noon }, apierror.TokenRevoked},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, admission.Options{})
			text := d.issue(t, test.change)
			_, err := d.Admit(t.Context(), admission.Credentials{Token: text})
			requireReason(t, test.reason, err)
			_, err = d.Admit(t.Context(), admission.Credentials{Token: text + "x"})
			requireReason(t, apierror.TokenInvalid, err) // only the secret's owner learns of it (TK-12)
		})
	}
}

func TestWhereATokenMayBeUsed(t *testing.T) { // TK-6
	masks := func(masks ...string) token.Right { return token.Right{IPMasks: masks} }
	regions := func(regions ...string) token.Right { return token.Right{Regions: regions} }
	origins := func(origins ...string) token.Right { return token.Right{Origins: origins} }
	tests := map[string]struct {
		right      token.Right
		ip, origin string
		region     string
		reason     apierror.Reason // 0: admitted
		says       string
	}{
		"no restriction":               {},
		"no restriction, and all":      {ip: "192.0.2.1", origin: "https://a.example", region: "eu"},
		"a single address":             {right: masks("192.0.2.1"), ip: "192.0.2.1"},
		"another address":              {right: masks("192.0.2.1"), ip: "192.0.2.2", reason: apierror.IPNotAllowed, says: "from 192.0.2.2"},
		"a block":                      {right: masks("192.0.2.0/24"), ip: "192.0.2.255"},
		"beside the block":             {right: masks("192.0.2.0/24"), ip: "192.0.3.0", reason: apierror.IPNotAllowed},
		"the second mask":              {right: masks("192.0.2.1", "2001:db8::/32"), ip: "2001:db8:1::1"},
		"an address of IPv6":           {right: masks("2001:db8::1"), ip: "2001:DB8:0::1"},
		"another one":                  {right: masks("2001:db8::1"), ip: "2001:db8::2", reason: apierror.IPNotAllowed},
		"IPv6 is not all":              {right: masks("::/0"), ip: "192.0.2.1", reason: apierror.IPNotAllowed},
		"a mapped client":              {right: masks("192.0.2.1"), ip: "::ffff:192.0.2.1"},
		"a mapped mask":                {right: masks("::ffff:192.0.2.0/120"), ip: "192.0.2.1"},
		"a client with a zone":         {right: masks("fe80::/10"), ip: "fe80::1%eth0"},
		"no address is known":          {right: masks("0.0.0.0/0"), reason: apierror.IPNotAllowed, says: "an unknown address"},
		"the region":                   {right: regions("us", "eu"), region: "eu"},
		"another region":               {right: regions("us", "eu"), region: "asia", reason: apierror.RegionNotAllowed, says: "asia"},
		"a region in another case":     {right: regions("EU"), region: "eu", reason: apierror.RegionNotAllowed},
		"a server without region":      {right: regions("eu"), reason: apierror.RegionNotAllowed, says: "no region"},
		"the origin":                   {right: origins("https://b.example", "https://a.example:8443"), origin: "https://a.example:8443"},
		"another port":                 {right: origins("https://a.example:8443"), origin: "https://a.example", reason: apierror.OriginNotAllowed, says: `"https://a.example"`},
		"another scheme":               {right: origins("https://a.example"), origin: "http://a.example", reason: apierror.OriginNotAllowed},
		"a host that begins like it":   {right: origins("https://a.example"), origin: "https://a.example.evil.example", reason: apierror.OriginNotAllowed},
		"a host that ends like it":     {right: origins("https://a.example"), origin: "https://evil-a.example", reason: apierror.OriginNotAllowed},
		"an origin with a slash":       {right: origins("https://a.example"), origin: "https://a.example/", reason: apierror.OriginNotAllowed},
		"an opaque origin":             {right: origins("https://a.example"), origin: "null", reason: apierror.OriginNotAllowed},
		"no origin":                    {right: origins("https://a.example"), reason: apierror.OriginNotAllowed, says: "no Origin header"},
		"the address comes first":      {right: token.Right{IPMasks: []string{"192.0.2.1"}, Regions: []string{"eu"}, Origins: []string{"https://a.example"}}, ip: "192.0.2.2", reason: apierror.IPNotAllowed},
		"and then the region":          {right: token.Right{IPMasks: []string{"192.0.2.1"}, Regions: []string{"eu"}, Origins: []string{"https://a.example"}}, ip: "192.0.2.1", reason: apierror.RegionNotAllowed},
		"and then the origin":          {right: token.Right{IPMasks: []string{"192.0.2.1"}, Regions: []string{"eu"}, Origins: []string{"https://a.example"}}, ip: "192.0.2.1", region: "eu", reason: apierror.OriginNotAllowed},
		"an endless origin is cut":     {right: origins("https://a.example"), origin: strings.Repeat("x", 10_000), reason: apierror.OriginNotAllowed},
		"all of them at the same time": {right: token.Right{IPMasks: []string{"192.0.2.1"}, Regions: []string{"eu"}, Origins: []string{"https://a.example"}}, ip: "192.0.2.1", region: "eu", origin: "https://a.example"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, admission.Options{Region: test.region})
			credentials := admission.Credentials{Origin: test.origin}
			if test.ip != "" {
				credentials.IP = netip.MustParseAddr(test.ip)
			}
			credentials.Token = d.issue(t, func(r *token.Record) { r.Right = test.right })
			for range 2 { // compiled, and from the cache
				_, err := d.Admit(t.Context(), credentials)
				if test.reason == 0 {
					require.NoError(t, err)
					continue
				}
				requireReason(t, test.reason, err, test.says)
				assert.Less(t, len(err.Error()), 500)
			}
		})
	}
}

func TestAnExpiredTokenFromAForbiddenPlace(t *testing.T) { // the order of the checks
	d := newDoor(t, admission.Options{})
	text := d.issue(t, func(r *token.Record) { r.ExpiresAt, r.Right.IPMasks = noon, []string{"192.0.2.1"} })
	_, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	requireReason(t, apierror.TokenExpired, err)
}

func TestEveryWrongTokenGetsTheSameAnswerForTheSameWork(t *testing.T) { // TK-1, TK-12
	d := newDoor(t, admission.Options{})
	text := d.issue(t, nil)
	id, secretPart := strings.Split(text, "_")[1], strings.Split(text, "_")[2]
	answers := map[string]bool{}
	wrong := map[string]string{
		"wrong id":       "AT_" + strings.Repeat("0", 32) + "_" + secretPart,
		"wrong secret":   "AT_" + id + "_" + strings.Repeat("0", 32),
		"short secret":   "AT_" + id + "_" + secretPart[:31],
		"long secret":    text + "0",
		"the hash":       fmt.Sprintf("AT_%s_%x", id, token.Record{}.SecretHash),
		"malformed":      "AT_" + id,
		"no prefix":      id + "_" + secretPart,
		"another scheme": "Bearer " + text,
		"spaces":         " " + text,
	}
	n := 0
	for name, text := range wrong {
		n++
		ip := netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}) // each from its own address: none is held back
		before := d.store.gets.Load()
		_, err := d.Admit(t.Context(), admission.Credentials{Token: text, IP: ip})
		requireReason(t, apierror.TokenInvalid, err)
		assert.EqualValues(t, 1, d.store.gets.Load()-before, "%s: one look-up", name)
		answers[err.Error()] = true
	}
	assert.Len(t, answers, 1)

	_, err := d.Admit(t.Context(), admission.Credentials{})
	requireReason(t, apierror.TokenMissing, err, "Authorization: Bearer")
}

func TestNoAnswerShowsASecret(t *testing.T) { // TK-2
	d := newDoor(t, admission.Options{})
	for name, change := range map[string]func(*token.Record){
		"unusable": func(r *token.Record) { r.Right.Grants[0].Publish = []string{"a..b"} },
		"revoked":  func(r *token.Record) { r.RevokedAt = noon },
		"expired":  func(r *token.Record) { r.ExpiresAt = noon },
		"place":    func(r *token.Record) { r.Right.IPMasks = []string{"192.0.2.1"} },
	} {
		text := d.issue(t, change)
		for _, text := range []string{text, text + "x", "x" + text} {
			_, err := d.Admit(t.Context(), admission.Credentials{Token: text})
			require.Error(t, err, name)
			assert.NotContains(t, err.Error(), strings.Split(text, "_")[2], name)
		}
	}
}

func TestAStoreThatFails(t *testing.T) {
	d := newDoor(t, admission.Options{})
	text := d.issue(t, nil)
	d.store.err = tokenstore.Unavailable(errors.New("the disk burns"))
	for _, text := range []string{text, text + "x", "AT_a_b", "nonsense"} {
		for range 20 {
			_, err := d.Admit(t.Context(), admission.Credentials{Token: text})
			requireReason(t, apierror.StoreUnavailable, err) // which is no failure of the client: no delay
		}
	}
}

func TestAStoredRightThatCannotBeUsed(t *testing.T) {
	d := newDoor(t, admission.Options{})
	for _, change := range []func(*token.Record){
		func(r *token.Record) { r.Right.Grants[0].Publish = []string{"a..b"} },
		func(r *token.Record) { r.Right.IPMasks = []string{"nowhere"} },
	} {
		_, err := d.Admit(t.Context(), admission.Credentials{Token: d.issue(t, change)})
		requireReason(t, apierror.Internal, err)
	}
}

func TestATokenFromTimesOfWiderLimits(t *testing.T) {
	d := newDoor(t, admission.Options{})
	tenant, rule := strings.Repeat("t", 1000), strings.Repeat("r", 2000)
	text := d.issue(t, func(r *token.Record) {
		r.Right.Grants = []authz.Grant{{Tenants: []string{tenant}, Publish: []string{rule}}}
	})
	admitted, err := d.Admit(t.Context(), admission.Credentials{Token: text})
	require.NoError(t, err)
	assert.True(t, admitted.Rights.MayPublish(tenant, rule))
}

func TestACachedRightIsOfThisToken(t *testing.T) {
	d := newDoor(t, admission.Options{})
	first := d.issue(t, nil)
	_, err := d.Admit(t.Context(), admission.Credentials{Token: first})
	require.NoError(t, err)
	_, err = d.store.DeleteExpired(t.Context(), noon.Add(2*time.Hour))
	require.NoError(t, err)
	id := strings.Split(first, "_")[1]
	second := d.issue(t, func(r *token.Record) { r.ID, r.Right = id, token.Right{} })
	_, err = d.Admit(t.Context(), admission.Credentials{Token: first})
	requireReason(t, apierror.TokenInvalid, err)
	admitted, err := d.Admit(t.Context(), admission.Credentials{Token: "AT_" + id + "_" + strings.Split(second, "_")[2]})
	require.NoError(t, err)
	assert.False(t, admitted.Rights.MayPublish("t1", "a"))
}

func TestTheRealClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		defer func() { require.NoError(t, store.Close()) }()
		gate := admission.New(admission.Options{Store: store})
		text, id, hash, err := token.Generate()
		require.NoError(t, err)
		require.NoError(t, store.Create(t.Context(), token.Record{ID: id, SecretHash: hash, ExpiresAt: time.Now().Add(time.Hour)}))
		time.Sleep(time.Hour - 1)
		_, err = gate.Admit(t.Context(), admission.Credentials{Token: text.Reveal()})
		require.NoError(t, err)
		time.Sleep(1 * time.Nanosecond)
		_, err = gate.Admit(t.Context(), admission.Credentials{Token: text.Reveal()})
		requireReason(t, apierror.TokenExpired, err)
	})
}
