package websocket

import (
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	memorystore "github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// LP-1, LP-2, LP-4, LP-5, LP-7: what is accepted, and how it is answered.
func TestUpgrade(t *testing.T) {
	s := newServer(t)
	for name, test := range map[string]struct{ start, lines, protocol string }{
		"LP-1 on /":                   {"GET / HTTP/1.1", "Authorization: Bearer " + goodToken + "\r\n", ""},
		"LP-1 on /ws":                 {"GET /ws HTTP/1.1", "Authorization: Bearer " + goodToken + "\r\n", ""},
		"LP-2 scheme in small":        {"GET / HTTP/1.1", "authorization: bearer  " + goodToken + "\r\n", ""},
		"LP-5 llps with header":       {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: llps.v1\r\nAuthorization: Bearer " + goodToken + "\r\n", "llps.v1"},
		"LP-4 one header, no space":   {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n", "llps.v1"},
		"LP-4 one header, with space": {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: llps.v1, at." + goodToken + "\r\n", "llps.v1"},
		"LP-4 two headers":            {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: at." + goodToken + "\r\nSec-WebSocket-Protocol: llps.v1\r\n", "llps.v1"},
		"LP-4 empty elements":         {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: ,llps.v1,, at." + goodToken + ",\r\n", "llps.v1"},
		"LP-4 among unknown ones":     {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: mqtt, llps.v1, at." + goodToken + "\r\n", "llps.v1"},
		"LP-4 among other spellings":  {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: LLPS.V1, llps.v1, at." + goodToken + "\r\n", "llps.v1"},
		"SF-2 session":                {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: fastpubsub.v1, at." + goodToken + "\r\n", "fastpubsub.v1"},
		"LP-5 both":                   {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: fastpubsub.v1, llps.v1, at." + goodToken + "\r\n", "llps.v1"},
		"LP-5 both, other way round":  {"GET / HTTP/1.1", "Sec-WebSocket-Protocol: llps.v1, fastpubsub.v1, at." + goodToken + "\r\n", "llps.v1"},
		"LP-2 header is no bearer":    {"GET / HTTP/1.1", "Authorization: Basic eDp5\r\nSec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n", "llps.v1"},
		"LP-2 header is malformed":    {"GET / HTTP/1.1", "Authorization: Bearer\r\nSec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n", "llps.v1"},
		"LP-2 header is wrong":        {"GET / HTTP/1.1", "Authorization: Bearer AT_x_y\r\nSec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n", "llps.v1"},
		"LP-2 entry is wrong":         {"GET / HTTP/1.1", "Authorization: Bearer " + goodToken + "\r\nSec-WebSocket-Protocol: llps.v1,at.AT_x_y\r\n", "llps.v1"},
		"LP-7 extensions are left":    {"GET / HTTP/1.1", "Sec-WebSocket-Extensions: permessage-deflate\r\nAuthorization: Bearer " + goodToken + "\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.dial()
			response := c.request(test.start, upgradeLines+test.lines)
			require.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
			assert.Equal(t, []string{"Upgrade"}, response.Header.Values("Connection"))
			assert.Equal(t, []string{"websocket"}, response.Header.Values("Upgrade"))
			assert.Equal(t, []string{"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, response.Header.Values("Sec-WebSocket-Accept"))
			assert.Empty(t, response.Header.Values("Sec-WebSocket-Extensions"))
			if test.protocol == "" {
				assert.NotContains(t, response.Header, "Sec-Websocket-Protocol")
			} else {
				assert.Equal(t, []string{test.protocol}, response.Header.Values("Sec-WebSocket-Protocol"))
			}
			if test.protocol != "fastpubsub.v1" { // LP-8
				c.expectSilence()
				c.text("PING")
				c.expectText("PONG")
			}
		})
	}
}

// LP-3, LP-6, ER-3: refusals are HTTP errors, before the upgrade.
func TestUpgradeRefused(t *testing.T) {
	s := newServer(t)
	s.gate.refuse["AT_ip_x"] = apierror.New(apierror.IPNotAllowed, "not from here")
	s.gate.refuse["AT_old_x"] = apierror.New(apierror.TokenExpired, "too late")
	s.gate.refuse["AT_cut_x"] = apierror.New(apierror.StoreUnavailable, "later")
	for name, test := range map[string]struct {
		lines  string
		status int
		reason string
	}{
		"LP-3 no token":               {"", 401, "TOKEN_MISSING"},
		"LP-3 no token, with list":    {"Sec-WebSocket-Protocol: llps.v1\r\n", 401, "TOKEN_MISSING"},
		"LP-3 wrong token":            {"Authorization: Bearer AT_x_y\r\n", 401, "TOKEN_INVALID"},
		"LP-3 wrong entry":            {"Sec-WebSocket-Protocol: llps.v1,at.AT_x_y\r\n", 401, "TOKEN_INVALID"},
		"LP-3 both wrong":             {"Authorization: Bearer AT_x_y\r\nSec-WebSocket-Protocol: llps.v1,at.AT_old_x\r\n", 401, "TOKEN_EXPIRED"},
		"LP-3 place":                  {"Authorization: Bearer AT_ip_x\r\n", 401, "IP_NOT_ALLOWED"},
		"unavailable is no bad token": {"Authorization: Bearer AT_cut_x\r\nSec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n", 503, "STORE_UNAVAILABLE"},
		"LP-6 only a token":           {"Sec-WebSocket-Protocol: at." + goodToken + "\r\n", 400, "REQUEST_INVALID"},
		"LP-6 only a token, header":   {"Authorization: Bearer " + goodToken + "\r\nSec-WebSocket-Protocol: at." + goodToken + "\r\n", 400, "REQUEST_INVALID"},
		"LP-6 unknown protocol":       {"Authorization: Bearer " + goodToken + "\r\nSec-WebSocket-Protocol: mqtt\r\n", 400, "REQUEST_INVALID"},
		"LP-6 other spelling":         {"Sec-WebSocket-Protocol: LLPS.v1, at." + goodToken + "\r\n", 400, "REQUEST_INVALID"},
	} {
		t.Run(name, func(t *testing.T) {
			checkProblem(t, s.dial().request("GET /ws HTTP/1.1", upgradeLines+test.lines), test.status, test.reason)
		})
	}
}

func checkProblem(t *testing.T, response *http.Response, status int, reason string) {
	t.Helper()
	assert.Equal(t, status, response.StatusCode)
	assert.Equal(t, apierror.ProblemContentType, response.Header.Get("Content-Type"))
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var problem apierror.Problem
	require.NoError(t, json.Unmarshal(body, &problem))
	assert.Equal(t, reason, problem.Reason)
	assert.NotContains(t, string(body), "AT_", "no token is repeated")
}

func TestBadHandshakes(t *testing.T) {
	s := newServer(t)
	auth := "Authorization: Bearer " + goodToken + "\r\n"
	key := "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	base := "Host: localhost\r\nUpgrade: websocket\r\n" + auth
	for name, test := range map[string]struct{ start, lines string }{
		"no key":          {"GET / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"},
		"short key":       {"GET / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n"},
		"two keys":        {"GET / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + key + key},
		"key not base64":  {"GET / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !!\r\n"},
		"no version":      {"GET / HTTP/1.1", base + "Connection: Upgrade\r\n" + key},
		"old version":     {"GET / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n" + key},
		"no connection":   {"GET / HTTP/1.1", base + "Sec-WebSocket-Version: 13\r\n" + key},
		"other method":    {"DELETE / HTTP/1.1", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + key},
		"HTTP/1.0":        {"GET / HTTP/1.0", base + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + key},
		"body and no key": {"POST / HTTP/1.1", base + "Content-Length: 0\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			response := s.dial().request(test.start, test.lines)
			checkProblem(t, response, http.StatusBadRequest, "REQUEST_INVALID")
			if strings.HasSuffix(name, "version") {
				assert.Equal(t, "13", response.Header.Get("Sec-WebSocket-Version"))
			}
		})
	}
}

// A refused client may go on with its connection.
func TestRefusalKeepsTheConnection(t *testing.T) {
	c := newServer(t).dial()
	checkProblem(t, c.request("GET / HTTP/1.1", upgradeLines), 401, "TOKEN_MISSING")
	c.upgrade("llps.v1", goodToken)
	c.text("PING")
	c.expectText("PONG")
}

func TestIsUpgrade(t *testing.T) {
	for _, test := range []struct {
		want   bool
		method string
		header http.Header
	}{
		{false, "GET", http.Header{}},
		{false, "GET", http.Header{"Upgrade": {"h2c"}}},
		{true, "GET", http.Header{"Upgrade": {"websocket"}}},
		{true, "GET", http.Header{"Upgrade": {"h2c, WebSocket"}}},
		{false, "CONNECT", http.Header{}},
		{true, "CONNECT", http.Header{":protocol": {"websocket"}}},
		{false, "GET", http.Header{":protocol": {"websocket"}}},
	} {
		assert.Equal(t, test.want, IsUpgrade(&http.Request{Method: test.method, Header: test.header}), "%v", test)
	}
}

// An upgrade as HTTP/2 has it is answered in a proper way.
func TestExtendedConnect(t *testing.T) {
	r := &http.Request{Method: "CONNECT", Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{":protocol": {"websocket"}}}
	err := checkUpgrade(http.Header{}, r)
	require.NotNil(t, err)
	assert.Contains(t, err.Message(), "HTTP/1.1")
}

// TK-6, TK-7: what admission is told.
func TestCredentials(t *testing.T) {
	s := newServer(t, func(_ *session.Options, o *Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	c := s.dial()
	c.request("GET / HTTP/1.1", upgradeLines+"Origin: https://a.example\r\nX-Forwarded-For: 9.9.9.9, 192.0.2.7\r\n"+
		"X-Forwarded-For: 127.0.0.3\r\nAuthorization: Bearer "+goodToken+"\r\n")
	seen := s.gate.lastSeen()
	assert.Equal(t, goodToken, seen.Token)
	assert.Equal(t, netip.MustParseAddr("192.0.2.7"), seen.IP)
	assert.Equal(t, "https://a.example", seen.Origin)
	assert.Empty(t, seen.Fallback)
	s.dial().request("GET / HTTP/1.1", upgradeLines+"Authorization: Bearer AT_x_y\r\nSec-WebSocket-Protocol: llps.v1,at."+goodToken+"\r\n")
	assert.Equal(t, "AT_x_y", s.gate.lastSeen().Token)
	assert.Equal(t, goodToken, s.gate.lastSeen().Fallback)

	s = newServer(t)
	s.connect("llps.v1", goodToken)
	assert.Equal(t, netip.MustParseAddr("127.0.0.1"), s.gate.lastSeen().IP)
	assert.Empty(t, s.gate.lastSeen().Origin)
}

// LP-2, TK-12: clients with a right entry never wait, however many of them have a
// wrong header.
func TestFallbackIsNotHeldBack(t *testing.T) {
	text, id, hash, err := token.Generate()
	require.NoError(t, err)
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		began := time.Now()
		for range 60 {
			c := p.dial(t)
			response := c.request("GET / HTTP/1.1", upgradeLines+
				"Authorization: Bearer AT_00_11\r\nSec-WebSocket-Protocol: llps.v1,at."+text.Reveal()+"\r\n")
			require.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
		}
		assert.Zero(t, time.Since(began))
	}, func(so *session.Options, _ *Options) {
		store := memorystore.New()
		require.NoError(t, store.Create(t.Context(), token.Record{ID: id, SecretHash: hash, ExpiresAt: time.Now().AddDate(100, 0, 0)}))
		so.Gate = admission.New(admission.Options{Store: store})
	})
}

// Frames that came with the handshake, in one packet, are not lost.
func TestFramesBehindTheHandshake(t *testing.T) {
	c := newServer(t).dial()
	head := "GET / HTTP/1.1\r\n" + upgradeLines + "Authorization: Bearer " + goodToken + "\r\n\r\n"
	c.send(append(append([]byte(head), clientFrame(true, wsframe.Text, []byte("SUB:t1:a.#"))...),
		clientFrame(true, wsframe.Binary, publishV1("t1", "a.b", "hi"))...))
	response, err := http.ReadResponse(c.br, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
	c.expectText("OK:SUB:t1:a.#")
	c.expect(wsframe.Binary, deliver("t1", "a.b", "hi", "a.#"))
}

// A client that is refused only after the upgrade learns why.
func TestRefusedAfterTheUpgrade(t *testing.T) {
	s := newServer(t)
	s.onHijack = s.registry.EndAll // the server begins to drain at the worst moment
	c := s.connect("llps.v1", goodToken)
	c.text("PING")
	c.send(clientFrame(true, wsframe.Ping, nil))
	c.expectClose(1001, "DRAINING: the server")
}
