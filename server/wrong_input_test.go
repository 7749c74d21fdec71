package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

// on is how a wire spells a reason: only llps text has a spelling of its own
// (LP-19).
func on(wire, reason string) string {
	if wire != "llps text" {
		return reason
	}
	if reason == "PUBLISH_DENIED" || reason == "SUBSCRIBE_DENIED" {
		return "permission_denied"
	}
	return strings.ToLower(reason)
}

// TestSameReasonOnEveryWire gives every wire the same wrong input, and wants the
// same reason and an open connection (ER-1, ER-5, LM-12).
func TestSameReasonOnEveryWire(t *testing.T) {
	c := testConfig()
	c.Limits.PayloadBytes, c.Limits.Subscriptions = 1000, 5
	s, _ := start(t, c)
	token := createToken(t, s, grant("t", "pub.#", "sub.#"))
	long := strings.Repeat("x", 300)
	subscribes := []struct{ name, tenant, pattern, reason string }{
		{"a good one", "t", "sub.*", ""},
		{"tenant with a bad character (CH-1)", "t!", "sub.a", "TENANT_INVALID"},
		{"tenant too long (LM-1)", long[:129], "sub.a", "TENANT_INVALID"},
		{"empty pattern (CH-7)", "t", "", "PATTERN_INVALID"},
		{"pattern too long (LM-2)", "t", long, "PATTERN_INVALID"},
		{"wildcard inside a token (CH-8)", "t", "sub.a*b", "PATTERN_INVALID"},
		{"tail wildcard not last (CH-9)", "t", "sub.#.a", "PATTERN_INVALID"},
		{"empty token (CH-3)", "t", "sub..a", "PATTERN_INVALID"},
		{"outside the grant (AZ-2)", "t", "pub.a", "SUBSCRIBE_DENIED"},
		{"wider than the grant (AZ-2)", "t", "#", "SUBSCRIBE_DENIED"},
		{"another tenant (CH-5)", "u", "sub.a", "SUBSCRIBE_DENIED"},
		{"the default tenant, not granted", "", "sub.a", "SUBSCRIBE_DENIED"},
	}
	publishes := []struct{ name, tenant, channel, reason string }{
		{"a good one", "t", "pub.a", ""},
		{"tenant with a bad character (CH-1)", "t*", "pub.a", "TENANT_INVALID"},
		{"empty channel (CH-2)", "t", "", "CHANNEL_INVALID"},
		{"channel too long (LM-2)", "t", long, "CHANNEL_INVALID"},
		{"wildcard in a channel (CH-2)", "t", "pub.*", "CHANNEL_INVALID"},
		{"empty token (CH-3)", "t", "pub.", "CHANNEL_INVALID"},
		{"outside the grant (AZ-1)", "t", "sub.a", "PUBLISH_DENIED"},
		{"another tenant (CH-5)", "u", "pub.a", "PUBLISH_DENIED"},
	}
	for name, w := range dialWires(t, s, token) {
		t.Run(name, func(t *testing.T) {
			for _, tc := range subscribes {
				assert.Equal(t, on(name, tc.reason), w.subscribe(t, tc.tenant, tc.pattern), "subscribe: %s", tc.name)
			}
			for _, tc := range publishes {
				assert.Equal(t, on(name, tc.reason), w.publish(t, tc.tenant, tc.channel, []byte("hi")), "publish: %s", tc.name)
			}
			assert.Equal(t, on(name, ""), w.publish(t, "t", "pub.a", make([]byte, 1000)), "the largest payload (DL-7)")
			assert.Equal(t, on(name, "PAYLOAD_TOO_LARGE"), w.publish(t, "t", "pub.a", make([]byte, 1001)), "payload too large (LM-3)")
		})
	}
}

// TestTooManySubscriptions holds on every wire with a session (LM-5).
func TestTooManySubscriptions(t *testing.T) {
	c := testConfig()
	c.Limits.Subscriptions = 2
	s, _ := start(t, c)
	for name, w := range dialWires(t, s, createToken(t, s, grant("t", "#", "#"))) {
		if name == "gRPC" || name == "Connect" || name == "gRPC-Web" {
			continue // each call is a session of its own
		}
		assert.Empty(t, w.subscribe(t, "t", "a"))
		assert.Empty(t, w.subscribe(t, "t", "b"))
		assert.Equal(t, on(name, "TOO_MANY_SUBSCRIPTIONS"), w.subscribe(t, "t", "c"), name)
		assert.Empty(t, w.subscribe(t, "t", "a"), "a repeated one is none more")
	}
}

// TestPublishRate holds on every wire with a session (LM-7).
func TestPublishRate(t *testing.T) {
	c := testConfig()
	c.Limits.PublishesPerSecond = 1
	s, _ := start(t, c)
	for name, w := range dialWires(t, s, createToken(t, s, grant("t", "#", "#"))) {
		if name == "gRPC" || name == "Connect" || name == "gRPC-Web" {
			continue
		}
		assert.Empty(t, w.publish(t, "t", "a", nil))
		assert.Equal(t, on(name, "RATE_LIMITED"), w.publish(t, "t", "a", nil), name)
	}
}

// rest makes a call of the token API and gives the status and the reason.
func rest(t *testing.T, s *server.Server, method, path, bearer, body string) (status int, answer map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.HTTPAddr()+path, bytes.NewBufferString(body))
	require.NoError(t, err)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	if response.StatusCode >= 400 {
		require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"), "ER-3")
		require.NotEmpty(t, answer["detail"])
	}
	return response.StatusCode, answer
}

// TestWrongTokenRequests gives wrong input to the token API (RS-1 to RS-5, TK-5,
// AZ-6, ER-3), and wants a text that says what is wrong (ER-6).
func TestWrongTokenRequests(t *testing.T) {
	s, _ := start(t, testConfig())
	hour := time.Now().Add(time.Hour).Format(time.RFC3339)
	right := func(members string) string {
		return `{"right":{"tenant_grants":[{"tenant_ids":["t"],"allow_channels_pub":["a"]}],"expires_at":"` + hour + `"` + members + `}}`
	}
	grantOf := func(members string) string {
		return `{"right":{"tenant_grants":[{` + members + `}],"expires_at":"` + hour + `"}}`
	}
	expiring := func(at time.Time) string {
		return `{"right":{"expires_at":"` + at.Format(time.RFC3339) + `"}}`
	}
	cases := []struct {
		name, method, path, bearer, body string
		status                           int
		reason                           string
	}{
		{"no master token (TK-11)", "POST", "/v1/get-token", "", right(""), 401, "MASTER_TOKEN_INVALID"},
		{"wrong master token", "POST", "/v1/get-token", masterToken + "x", right(""), 401, "MASTER_TOKEN_INVALID"},
		{"list without a master token", "GET", "/v1/tokens", "", "", 401, "MASTER_TOKEN_INVALID"},
		{"not JSON", "POST", "/v1/get-token", masterToken, `{"right":`, 400, "REQUEST_INVALID"},
		{"wrong type", "POST", "/v1/get-token", masterToken, `{"right":[]}`, 400, "REQUEST_INVALID"},
		{"tenant (CH-1)", "POST", "/v1/get-token", masterToken, grantOf(`"tenant_ids":["a b"]`), 400, "TENANT_INVALID"},
		{"no tenant", "POST", "/v1/get-token", masterToken, grantOf(`"allow_channels_pub":["a"]`), 400, "REQUEST_INVALID"},
		{"pub rule (AZ-6)", "POST", "/v1/get-token", masterToken, grantOf(`"tenant_ids":["t"],"allow_channels_pub":["a..b"]`), 400, "RULE_INVALID"},
		{"? in a pub rule (AZ-7)", "POST", "/v1/get-token", masterToken, grantOf(`"tenant_ids":["t"],"allow_channels_pub":["a.?"]`), 400, "RULE_INVALID"},
		{"sub rule", "POST", "/v1/get-token", masterToken, grantOf(`"tenant_ids":["t"],"allow_channels_sub":["(a|"]`), 400, "RULE_INVALID"},
		{"expiry too far (TK-5, LM-4)", "POST", "/v1/get-token", masterToken, expiring(time.Now().Add(25 * time.Hour)), 400, "TTL_INVALID"},
		{"expiry in the past (TK-5)", "POST", "/v1/get-token", masterToken, expiring(time.Now().Add(-time.Minute)), 400, "TTL_INVALID"},
		{"no expiry", "POST", "/v1/get-token", masterToken, `{"right":{}}`, 400, "TTL_INVALID"},
		{"IP mask", "POST", "/v1/get-token", masterToken, right(`,"allow_ip_masks":["10.0.0.0/99"]`), 400, "REQUEST_INVALID"},
		{"origin", "POST", "/v1/get-token", masterToken, right(`,"allowed_ws_origin":["nonsense"]`), 400, "REQUEST_INVALID"},
		{"refresh of nothing", "PUT", "/v1/refresh-token", masterToken, `{}`, 400, "REQUEST_INVALID"},
		{"refresh of an unknown one", "PUT", "/v1/refresh-token", masterToken, `{"token_id":"0123","expires_at":"` + hour + `"}`, 404, "TOKEN_NOT_FOUND"},
		{"revoke of nothing", "DELETE", "/v1/revoke-token", masterToken, `{}`, 400, "REQUEST_INVALID"},
		{"revoke of an unknown one", "DELETE", "/v1/revoke-token", masterToken, `{"token_id":"0123"}`, 404, "TOKEN_NOT_FOUND"},
		{"page size", "GET", "/v1/tokens?page_size=x", masterToken, "", 400, "REQUEST_INVALID"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			status, answer := rest(t, s, tc.method, tc.path, tc.bearer, tc.body)
			assert.Equal(t, tc.reason, answer["reason"])
			assert.Equal(t, tc.status, status)
		})
	}
}
