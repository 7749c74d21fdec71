package http_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/openapi"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestPing(t *testing.T) { // RS-6
	answer := newNode(t).get(t, "/ping")
	assert.Equal(t, http.StatusOK, answer.status)
	assert.Equal(t, "pong", answer.body)
}

func TestHealthAndReadiness(t *testing.T) { // OP-3
	f := rpctest.New(t)
	o := options(f)
	var notReady error
	o.Readiness = func(context.Context) error { return notReady }
	n := start(t, f, o, serverOptions)
	assert.Equal(t, "ready", n.get(t, "/readyz").json(t)["status"])
	for _, reason := range []apierror.Reason{apierror.Draining, apierror.StoreUnavailable, apierror.BackplaneUnavailable, apierror.Internal} {
		notReady = apierror.New(reason, "not now")
		problem := n.get(t, "/readyz").problem(t, http.StatusServiceUnavailable, reason)
		assert.Equal(t, "not now", problem.Detail)
		assert.Equal(t, "ok", n.get(t, "/healthz").json(t)["status"])
	}
}

func TestMetrics(t *testing.T) { // OP-4
	f := rpctest.New(t)
	f.Metrics.Refused(apierror.Draining)
	answer := start(t, f, options(f), serverOptions).get(t, "/metrics")
	assert.Equal(t, http.StatusOK, answer.status)
	assert.Contains(t, answer.body, `fastpubsub_refusals_total{reason="DRAINING"} 1`)
	elsewhere := options(f)
	elsewhere.Gatherer = nil
	start(t, f, elsewhere, serverOptions).get(t, "/metrics").problem(t, http.StatusNotFound, apierror.RequestInvalid)
}

func TestDiscoveryIsASetting(t *testing.T) { // RS-10
	f := rpctest.New(t)
	o := options(f)
	start(t, f, o, serverOptions).get(t, "/").problem(t, http.StatusNotFound, apierror.RequestInvalid)
	o.PublicHosts = []string{"a.example.com:443", "b.example.com:443"}
	before := time.Now().Unix()
	answer := start(t, f, o, serverOptions).get(t, "/").json(t)
	assert.Equal(t, "static", answer["source"])
	assert.EqualValues(t, 1, answer["version"])
	assert.GreaterOrEqual(t, int64(answer["updated_at"].(float64)), before)
	assert.Equal(t, []any{map[string]any{"host": "a.example.com:443"}, map[string]any{"host": "b.example.com:443"}}, answer["edges"])
}

func TestUpgradesGoToTheWebSocketHandler(t *testing.T) { // OP-1
	n := newNode(t)
	upgrade := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket"}
	for _, path := range []string{"/", "/ws", "/?x=1"} {
		assert.Equal(t, http.StatusTeapot, n.do(t, request{method: "GET", path: path, header: upgrade}).status, path)
	}
	n.do(t, request{method: "GET", path: "/elsewhere", header: upgrade}).problem(t, http.StatusNotFound, apierror.RequestInvalid)
	answer := n.get(t, "/ws")
	answer.problem(t, http.StatusUpgradeRequired, apierror.RequestInvalid)
	assert.Equal(t, "websocket", answer.header.Get("Upgrade"))
}

func TestUnknownPathsAndMethods(t *testing.T) { // ER-3
	n := newNode(t)
	for _, path := range []string{"/nothing", "/v1", "/v1/get-token/", "/ping/x", "/fastpubsub.v1.Unknown/Call"} {
		detail := n.get(t, path).problem(t, http.StatusNotFound, apierror.RequestInvalid).Detail
		assert.Equal(t, `there is nothing at "`+path+`"; WebSocket is at / and /ws, and /swagger-ui shows what else there is`, detail)
	}
	detail := n.get(t, "/a%0Ab/"+strings.Repeat("%C3%A9", 1000)).problem(t, http.StatusNotFound, apierror.RequestInvalid).Detail
	assert.True(t, strings.HasPrefix(detail, `there is nothing at "/a\nb/éé`), detail)
	assert.Less(t, len(detail), 400)
	answer := n.get(t, "/v1/get-token")
	problem := answer.problem(t, http.StatusMethodNotAllowed, apierror.RequestInvalid)
	assert.Equal(t, "POST", answer.header.Get("Allow"))
	assert.Contains(t, problem.Detail, "POST")
	answer = n.do(t, request{method: "DELETE", path: "/ping"})
	answer.problem(t, http.StatusMethodNotAllowed, apierror.RequestInvalid)
	assert.Equal(t, "GET, HEAD", answer.header.Get("Allow"))
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	answer := newNode(t).do(t, request{method: "HEAD", path: "/ping"})
	assert.Equal(t, http.StatusOK, answer.status)
	assert.Empty(t, answer.body)
}

func TestEveryRouteOfTheDocumentIsServed(t *testing.T) { // OP-1, RS-7
	f := rpctest.New(t)
	o := options(f)
	o.PublicHosts = []string{"a.example.com:443"}
	n := start(t, f, o, serverOptions)
	for _, r := range route.Table() {
		answer := n.do(t, withMaster(r.Method, r.Path, ""))
		switch {
		case r.Input == route.Body:
			answer.problem(t, http.StatusBadRequest, apierror.RequestInvalid)
		case r.ID == route.WebSocket:
			answer.problem(t, http.StatusUpgradeRequired, apierror.RequestInvalid)
		default:
			assert.Equal(t, r.Status, answer.status, r.ID)
			assert.True(t, strings.HasPrefix(answer.header.Get("Content-Type"), r.Produces), r.ID)
		}
		assert.Equal(t, "nosniff", answer.header.Get("X-Content-Type-Options"), r.ID)
	}
}

func TestOpenAPIDocument(t *testing.T) { // RS-7
	answer := newNode(t).get(t, "/api-docs/openapi.json")
	assert.Equal(t, string(openapi.Document), answer.body)
	assert.True(t, json.Valid([]byte(answer.body)))
}

func TestPageLoadsNothingFromOutside(t *testing.T) { // RS-7
	n := newNode(t)
	for _, path := range []string{"/swagger-ui", "/swagger-ui/"} {
		page := n.get(t, path)
		require.Equal(t, http.StatusOK, page.status)
		assert.Contains(t, page.body, "/api-docs/openapi.json")
		policy := page.header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'")
		assert.Contains(t, policy, "script-src 'self' 'sha256-")
		assert.NotContains(t, policy, "http")
		loaded := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page.body, -1)
		require.NotEmpty(t, loaded)
		for _, reference := range loaded {
			require.True(t, strings.HasPrefix(reference[1], "/swagger-ui/"), reference[1])
			asset := n.get(t, reference[1])
			assert.Equal(t, http.StatusOK, asset.status, reference[1])
			assert.NotEmpty(t, asset.body)
		}
	}
}

func TestPanicsAreInternalErrors(t *testing.T) {
	f := rpctest.New(t)
	o := options(f)
	o.Admin = rpc.NewAdmin(anyone{}, nil, func() (int, time.Duration) { panic("a fault") })
	n := start(t, f, o, serverOptions)
	problem := n.do(t, withMaster("POST", "/v1/drain", "")).problem(t, http.StatusInternalServerError, apierror.Internal)
	assert.NotContains(t, problem.Detail, "a fault")
	assert.Equal(t, "pong", n.get(t, "/ping").body)
}

// anyone authorizes everybody.
type anyone struct{}

func (anyone) Authorize(string) error { return nil }
