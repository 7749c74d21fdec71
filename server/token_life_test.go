package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

// closing reads until the server ends a connection, and says how.
type closing func(t *testing.T) (code int, reason string)

func closingWebSocket(c *websocket.Conn) closing {
	return func(t *testing.T) (int, string) {
		for {
			if _, _, err := c.Read(t.Context()); err != nil {
				var closed websocket.CloseError
				require.ErrorAs(t, err, &closed)
				reason, _, _ := strings.Cut(closed.Reason, ":")
				return int(closed.Code), reason
			}
		}
	}
}

func closingGRPC(c grpcFrames) closing {
	return func(t *testing.T) (int, string) {
		for {
			if _, err := c.Recv(); err != nil {
				return int(status.Code(err)), reasonOfStatus(t, err)
			}
		}
	}
}

// connections are live ones of a token, on every wire that has such.
func connections(t *testing.T, s *server.Server, token string) map[string]closing {
	grpcSession := dialGRPCSession(t, s, token)
	newSessionWire(t, grpcSession)
	llps := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	require.Empty(t, llps.subscribe(t, "t", "a"))
	return map[string]closing{
		"llps":      closingWebSocket(llps.Conn),
		"websocket": closingWebSocket(dialWebSocket(t, s, token, "fastpubsub.v1")),
		"grpc":      closingGRPC(grpcSession),
	}
}

func assertClosed(t *testing.T, live map[string]closing, reason string, closeCode int, grpcCode codes.Code) {
	t.Helper()
	for wire, wait := range live {
		code, got := wait(t)
		assert.Equal(t, reason, got, wire)
		if wire == "grpc" {
			assert.Equal(t, int(grpcCode), code, wire)
		} else {
			assert.Equal(t, closeCode, code, wire)
		}
	}
}

func tokenID(token string) string { return strings.Split(token, "_")[1] }

// atOnce is less than the time of anything that a server waits for, and more than a
// busy machine takes. How long what may be waited for takes is proved in fake time,
// where the sessions and the transports are.
const atOnce = 10 * time.Second

// TestRevocation closes live connections at once, on every wire, with the reason, and
// refuses new ones (TK-10, SF-18, RS-4).
func TestRevocation(t *testing.T) {
	s, _ := start(t, testConfig())
	token, other := createToken(t, s, grant("t", "#", "#")), createToken(t, s, grant("t", "#", "#"))
	live := connections(t, s, token)
	untouched := llpsText{dialWebSocket(t, s, other, "llps.v1")}
	began := time.Now()
	code, answer := rest(t, s, "DELETE", "/v1/revoke-token", masterToken, `{"token":"`+token+`"}`)
	require.Equal(t, 200, code, answer)
	assertClosed(t, live, "TOKEN_REVOKED", 1008, codes.Unauthenticated)
	assert.Less(t, time.Since(began), atOnce)
	assert.Equal(t, "TOKEN_REVOKED", refusedUpgrade(t, s, token))
	assert.Empty(t, untouched.subscribe(t, "t", "a"))
}

// refresh has a token expire at another time.
func refresh(t *testing.T, s *server.Server, token string, at time.Time) (status int, answer map[string]any) {
	t.Helper()
	return rest(t, s, "PUT", "/v1/refresh-token", masterToken,
		`{"token_id":"`+tokenID(token)+`","expires_at":"`+at.Format(time.RFC3339Nano)+`"}`)
}

// expireSoon has a token of live connections expire soon.
func expireSoon(t *testing.T, s *server.Server, token string) (at time.Time) {
	t.Helper()
	at = time.Now().Add(2 * time.Second)
	code, answer := refresh(t, s, token, at)
	require.Equal(t, 200, code, answer)
	require.NotContains(t, answer["message"], "deactivated")
	return at
}

// TestExpiry closes live connections when the token runs out (TK-9).
func TestExpiry(t *testing.T) {
	s, _ := start(t, testConfig())
	token := createToken(t, s, grant("t", "#", "#"))
	live := connections(t, s, token)
	expiry := expireSoon(t, s, token)
	assertClosed(t, live, "TOKEN_EXPIRED", 1008, codes.Unauthenticated)
	assert.False(t, time.Now().Before(expiry))
	assert.Equal(t, "TOKEN_EXPIRED", refusedUpgrade(t, s, token))
	code, answer := refresh(t, s, token, time.Now().Add(time.Hour))
	assert.Equal(t, "TOKEN_EXPIRED", answer["reason"], "an expired token cannot be refreshed (TK-8)")
	assert.Equal(t, 401, code)
}

// TestRefresh keeps live connections, without reconnecting (TK-8, TK-9, RS-3).
func TestRefresh(t *testing.T) {
	s, _ := start(t, testConfig())
	token := createToken(t, s, grant("t", "#", "#"))
	wires := dialWires(t, s, token)
	expiry := expireSoon(t, s, token)
	code, answer := refresh(t, s, token, time.Now().Add(time.Hour))
	require.Equal(t, 200, code, answer)
	require.NotEmpty(t, answer["new_expires_at"])
	<-time.After(time.Until(expiry.Add(50 * time.Millisecond)))
	for name, w := range wires {
		assert.Empty(t, w.publish(t, "t", "a", nil), name)
	}
}

// TestDeactivation refuses new connections and lets live ones be (TK-8).
func TestDeactivation(t *testing.T) {
	s, _ := start(t, testConfig())
	token := createToken(t, s, grant("t", "#", "#"))
	live := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	code, answer := refresh(t, s, token, time.Now().Add(-time.Minute))
	require.Equal(t, 200, code, answer)
	assert.Equal(t, "TOKEN_EXPIRED", refusedUpgrade(t, s, token))
	assert.Empty(t, live.subscribe(t, "t", "a"))
}

// refusedUpgrade is the reason with which an upgrade is refused (LP-3).
func refusedUpgrade(t *testing.T, s *server.Server, token string, headers ...string) string {
	t.Helper()
	header := http.Header{"Authorization": {"Bearer " + token}}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	c, response, err := websocket.Dial(t.Context(), "ws://"+s.HTTPAddr()+"/", &websocket.DialOptions{
		Subprotocols: []string{"llps.v1"}, HTTPHeader: header,
	})
	if err == nil {
		_ = c.CloseNow()
		return ""
	}
	require.NotNil(t, response, "%v", err)
	return reasonOfProblem(t, response)
}

// TestPlacesOfTokens binds tokens to addresses, regions and origins (TK-6,
// TK-7).
func TestPlacesOfTokens(t *testing.T) {
	c := testConfig()
	c.Region = "eu"
	s, _ := start(t, c)
	with := func(change func(*fastpubsubv1.Right)) string {
		right := grant("t", "#", "#")
		change(right)
		return createToken(t, s, right)
	}
	here := with(func(r *fastpubsubv1.Right) {
		r.AllowIpMasks, r.AllowRegions = []string{"127.0.0.0/8"}, []string{"us", "eu"}
	})
	assert.Empty(t, refusedUpgrade(t, s, here))
	elsewhere := with(func(r *fastpubsubv1.Right) { r.AllowIpMasks = []string{"10.0.0.0/8", "::1"} })
	assert.Equal(t, "IP_NOT_ALLOWED", refusedUpgrade(t, s, elsewhere))
	assert.Equal(t, "IP_NOT_ALLOWED", refusedUpgrade(t, s, elsewhere, "X-Forwarded-For", "10.1.1.1"), "no proxy is trusted")
	us := with(func(r *fastpubsubv1.Right) { r.AllowRegions = []string{"us"} })
	assert.Equal(t, "REGION_NOT_ALLOWED", refusedUpgrade(t, s, us))
	browser := with(func(r *fastpubsubv1.Right) { r.AllowedWsOrigin = []string{"https://app.example.com"} })
	assert.Equal(t, "ORIGIN_NOT_ALLOWED", refusedUpgrade(t, s, browser))
	assert.Equal(t, "ORIGIN_NOT_ALLOWED", refusedUpgrade(t, s, browser, "Origin", "https://app.example.com:444"))
	assert.Empty(t, refusedUpgrade(t, s, browser, "Origin", "https://app.example.com"))
	assert.Equal(t, "TOKEN_MISSING", refusedUpgrade(t, s, ""))
	assert.Equal(t, "TOKEN_INVALID", refusedUpgrade(t, s, here+"0"))
}
