package http_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// routeOf is the route of an RPC; false: it has none.
func routeOf(service, method string) (route.Route, bool) {
	for _, r := range route.Table() {
		if r.RPC != nil && r.RPC.FullName() == protoreflect.FullName(service+"."+method) {
			return r, true
		}
	}
	return route.Route{}, false
}

func TestWrongCallsAreRefusedWithTheirReasons(t *testing.T) { // ER-3, ER-5, ER-6
	n := newNode(t)
	for _, r := range rpctest.Refusals(t, n.Fixture) {
		at, ok := routeOf(r.Service, r.Method)
		if !ok {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			call := request{method: at.Method, path: at.Path, header: map[string]string{}}
			if r.Bearer != "" {
				call.header["Authorization"] = "Bearer " + r.Bearer
			}
			if list, isList := r.Request.(*fastpubsubv1.ListTokensRequest); isList {
				call.path += fmt.Sprintf("?page_size=%d&page_token=%s", list.GetPageSize(), url.QueryEscape(list.GetPageToken()))
			} else {
				body, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(r.Request)
				require.NoError(t, err)
				call.body = string(body)
			}
			answer := n.do(t, call)
			answer.problem(t, apierror.TraitsOf(r.Reason).HTTP, r.Reason)
			assert.Equal(t, "no-store", answer.header.Get("Cache-Control"))
			if r.Reason == apierror.MasterTokenInvalid {
				assert.Equal(t, "Bearer", answer.header.Get("WWW-Authenticate"))
			}
		})
	}
	assert.Zero(t, n.Drains)
}

const grants = `[{"tenant_ids":["t1"],"allow_channels_pub":["a.#"],"allow_channels_sub":["a.#"]}]`

func inAnHour(zone *time.Location) string {
	return time.Now().In(zone).Add(time.Hour).Format(time.RFC3339)
}

func TestTokenLife(t *testing.T) { // RS-2, RS-3, RS-4, RS-5, RS-8, TK-2, TK-3, TK-8
	n := newNode(t)
	expiry := inAnHour(time.FixedZone("east", 2*60*60))
	made := n.do(t, withMaster("POST", "/v1/get-token", fmt.Sprintf(
		`{"right":{"tenant_grants":%s,"expires_at":%q,"unknown":1},"created_by":"me","description":"tests","more":{}}`, grants, expiry)))
	created := made.json(t)
	assert.Equal(t, "no-store", made.header.Get("Cache-Control"))
	parsed, err := token.Parse(created["token"].(string))
	require.NoError(t, err)
	assert.Equal(t, parsed.ID, created["token_id"])
	require.True(t, strings.HasSuffix(created["expires_at"].(string), "Z"), "times go out in UTC")
	requireSameTime(t, expiry, created["expires_at"].(string))

	page := n.do(t, withMaster("GET", "/v1/tokens?client_id=me&unknown=1", ""))
	assert.NotContains(t, page.body, parsed.Secret.Reveal())
	listed := page.json(t)["tokens"].([]any)
	require.Len(t, listed, 1)
	info := listed[0].(map[string]any)
	assert.Equal(t, parsed.ID, info["token_id"])
	assert.Equal(t, "me", info["created_by"])
	assert.Equal(t, "TOKEN_STATE_ACTIVE", info["state"])
	assert.Equal(t, []any{}, info["right"].(map[string]any)["allow_ip_masks"], "empty lists are shown")

	later := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	refreshed := n.do(t, withMaster("PUT", "/v1/refresh-token", fmt.Sprintf(`{"token_id":%q,"expires_at":%q}`, parsed.ID, later))).json(t)
	assert.NotEmpty(t, refreshed["message"])
	requireSameTime(t, later, refreshed["new_expires_at"].(string))

	revoked := n.do(t, withMaster("DELETE", "/v1/revoke-token", fmt.Sprintf(`{"token":%q}`, created["token"]))).json(t)
	assert.NotEmpty(t, revoked["message"])
	n.do(t, withMaster("PUT", "/v1/refresh-token", fmt.Sprintf(`{"token_id":%q,"expires_at":%q}`, parsed.ID, later))).
		problem(t, http.StatusNotFound, apierror.TokenNotFound)
}

func requireSameTime(t *testing.T, want, got string) {
	t.Helper()
	wanted, err := time.Parse(time.RFC3339, want)
	require.NoError(t, err)
	have, err := time.Parse(time.RFC3339, got)
	require.NoError(t, err)
	require.True(t, wanted.Equal(have), "%s is not %s", have, wanted)
}

func TestRightMayBeFlat(t *testing.T) { // RS-2
	n := newNode(t)
	created := n.do(t, withMaster("POST", "/v1/get-token", fmt.Sprintf(
		`{"tenant_grants":%s,"allow_ip_masks":["10.0.0.0/8"],"expires_at":%q,"created_by":"flat"}`, grants, inAnHour(time.UTC)))).json(t)
	listed := n.do(t, withMaster("GET", "/v1/tokens?client_id=flat", "")).json(t)["tokens"].([]any)
	require.Len(t, listed, 1)
	info := listed[0].(map[string]any)
	assert.Equal(t, created["token_id"], info["token_id"])
	right := info["right"].(map[string]any)
	assert.Equal(t, []any{"10.0.0.0/8"}, right["allow_ip_masks"])
	assert.Equal(t, []any{"a.#"}, right["tenant_grants"].([]any)[0].(map[string]any)["allow_channels_pub"])
}

func TestRightMayBePartlyFlatButNotTwice(t *testing.T) { // RS-2
	n := newNode(t)
	n.do(t, withMaster("POST", "/v1/get-token", fmt.Sprintf(
		`{"right":{"tenant_grants":%s},"expires_at":%q}`, grants, inAnHour(time.UTC)))).json(t)
	problem := n.do(t, withMaster("POST", "/v1/get-token", fmt.Sprintf(
		`{"right":{"expires_at":%q},"expires_at":%q}`, inAnHour(time.UTC), inAnHour(time.UTC)))).
		problem(t, http.StatusBadRequest, apierror.RequestInvalid)
	assert.Contains(t, problem.Detail, "expires_at")
}

func TestTokensCanBeRevokedByID(t *testing.T) { // RS-4
	n := newNode(t)
	parsed, err := token.Parse(n.TokenForAll(t))
	require.NoError(t, err)
	n.do(t, withMaster("DELETE", "/v1/revoke-token", fmt.Sprintf(`{"token_id":%q}`, parsed.ID))).json(t)
}

func TestListsComeInPages(t *testing.T) { // RS-5
	n := newNode(t)
	for range 5 {
		n.TokenForAll(t)
	}
	seen, next := map[any]bool{}, ""
	for pages := 1; ; pages++ {
		page := n.do(t, withMaster("GET", "/v1/tokens?page_size=2&page_token="+url.QueryEscape(next), "")).json(t)
		for _, info := range page["tokens"].([]any) {
			seen[info.(map[string]any)["token_id"]] = true
		}
		if next = page["next_page_token"].(string); next == "" {
			assert.Equal(t, 3, pages)
			break
		}
	}
	assert.Len(t, seen, 5)
}

func TestExpiriesThatAreNoTimes(t *testing.T) { // TK-2, TK-5
	n := newNode(t)
	for _, expiry := range []string{`"tomorrow"`, `"2030-01-01T00:00:00"`, `1893456000`} {
		for method, call := range map[string][2]string{"POST": {"/v1/get-token", `{"right":{"expires_at":%s}}`}, "PUT": {"/v1/refresh-token", `{"token_id":"x","expires_at":%s}`}} {
			problem := n.do(t, withMaster(method, call[0], fmt.Sprintf(call[1], expiry))).problem(t, http.StatusBadRequest, apierror.TTLInvalid)
			assert.Contains(t, problem.Detail, "RFC 3339")
			assert.NotContains(t, problem.Detail, strings.Trim(expiry, `"`))
		}
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) { // ER-3
	n := newNode(t)
	for name, test := range map[string]struct{ body, says string }{
		"empty":                 {"", "empty"},
		"blank":                 {" \n", "empty"},
		"broken on line 2":      {"{\n  \"right\": nope\n}", "line 2, column 13"},
		"cut off":               {`{"right":`, "line 1"},
		"form":                  {"right=1", "line 1, column 1"},
		"list":                  {"[]", "unexpected token"},
		"number for a text":     {`{"created_by":5}`, "created_by"},
		"text for a list":       {`{"right":{"allow_regions":"eu"}}`, "unexpected token"},
		"the same member twice": {`{"created_by":"a","created_by":"b"}`, "created_by"},
		"two values":            {`{} {}`, "line 1, column 4"},
	} {
		t.Run(name, func(t *testing.T) {
			problem := n.do(t, withMaster("POST", "/v1/get-token", test.body)).problem(t, http.StatusBadRequest, apierror.RequestInvalid)
			assert.Contains(t, problem.Detail, test.says)
			assert.NotContains(t, problem.Detail, "proto:")
		})
	}
}

func TestBodiesThatAreTooLong(t *testing.T) {
	n := newNode(t)
	n.do(t, withMaster("POST", "/v1/get-token", `{"description":"`+strings.Repeat("x", 1<<20)+`"}`)).
		problem(t, http.StatusRequestEntityTooLarge, apierror.PayloadTooLarge)
}

func TestQueriesThatAreNoNumbers(t *testing.T) {
	n := newNode(t)
	problem := n.do(t, withMaster("GET", "/v1/tokens?page_size=many", "")).problem(t, http.StatusBadRequest, apierror.RequestInvalid)
	assert.Contains(t, problem.Detail, "page_size")
}

func TestMasterTokenIsAskedForFirst(t *testing.T) { // RS-1, TK-11
	n := newNode(t)
	n.do(t, request{method: "POST", path: "/v1/get-token", body: "no JSON"}).problem(t, http.StatusUnauthorized, apierror.MasterTokenInvalid)
	n.do(t, request{method: "GET", path: "/v1/tokens", header: map[string]string{"Authorization": "basic " + rpctest.MasterToken}}).
		problem(t, http.StatusUnauthorized, apierror.MasterTokenInvalid)
	n.do(t, request{method: "GET", path: "/v1/tokens", header: map[string]string{"Authorization": "bearer " + rpctest.MasterToken}}).json(t)
}

func TestDrainByREST(t *testing.T) { // RS-11
	n := newNode(t)
	for i, body := range []string{"", "{}", `{"unknown":1}`} {
		answer := n.do(t, withMaster("POST", "/v1/drain", body)).json(t)
		assert.EqualValues(t, 0, answer["connections"])
		assert.Equal(t, "30s", answer["time_until_close"])
		assert.Equal(t, i+1, n.Drains)
	}
}
