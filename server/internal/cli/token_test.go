package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var accessTokenLine = regexp.MustCompile(`^AT_[0-9a-f]{32}_[0-9a-f]{32}\n$`)

// CL-12, TK-3, TK-8: create, list, refresh and revoke, over both ports.
func TestTokenLifecycle(t *testing.T) {
	server := startDev(t)
	for _, port := range []func(invocation) invocation{func(i invocation) invocation { return i }, server.overGRPC} {
		created := port(server.client("token", "create", "--tenant=a", "--tenant=b", "--pub=x.y", "--sub=x.#", "--sub=z",
			"--ip=10.0.0.0/8", "--region=eu", "--origin=https://example.com", "--created-by=me", "--description=a b",
			"--expires-in=30m", "--json")).run(t)
		require.Equal(t, exitDone, created.code, created.stderr)
		var token struct {
			Token     string    `json:"token"`
			ID        string    `json:"token_id"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		require.NoError(t, json.Unmarshal([]byte(created.stdout), &token))
		assert.Contains(t, token.Token, "AT_"+token.ID+"_")
		assert.WithinDuration(t, time.Now().Add(30*time.Minute), token.ExpiresAt, time.Minute)

		info := listed1(t, port(server.client("token", "list", "--created-by=me", "--json")).run(t), token.ID)
		assert.Equal(t, "ACTIVE", info.State)
		assert.Equal(t, "me", info.CreatedBy)
		assert.Equal(t, "a b", info.Description)
		assert.Equal(t, rightJSON{
			TenantGrants: []grantJSON{{TenantIDs: []string{"a", "b"}, AllowChannelsPub: []string{"x.y"}, AllowChannelsSub: []string{"x.#", "z"}}},
			AllowIPMasks: []string{"10.0.0.0/8"}, AllowRegions: []string{"eu"}, AllowedWSOrigin: []string{"https://example.com"},
			ExpiresAt: info.Right.ExpiresAt,
		}, info.Right)

		refreshed := port(server.client("token", "refresh", token.ID, "--expires-in=2h")).run(t)
		assert.Equal(t, exitDone, refreshed.code)
		assert.Empty(t, refreshed.stderr)
		until, err := time.Parse(time.RFC3339, strings.TrimSpace(refreshed.stdout))
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(2*time.Hour), until, time.Minute)

		refreshed = port(server.client("token", "refresh", token.Token, "--expires-at=2020-01-01T00:00:00+01:00", "--json")).run(t)
		assert.Equal(t, exitDone, refreshed.code)
		assert.Contains(t, refreshed.stderr, "token "+token.ID+" is deactivated")
		assert.True(t, json.Valid([]byte(refreshed.stdout)))
		assert.NotContains(t, refreshed.stderr+refreshed.stdout, token.Token)

		revoked := port(server.client("token", "revoke", token.ID, "--json")).run(t)
		assert.Equal(t, outcome{exitDone, `{"revoked":true,"token_id":"` + token.ID + `"}` + "\n", ""}, revoked)
		assert.Equal(t, "REVOKED", listed1(t, port(server.client("token", "list", "--json")).run(t), token.ID).State)
	}
}

// listed1 is one token of "token list --json".
func listed1(t *testing.T, list outcome, id string) tokenJSON {
	t.Helper()
	require.Equal(t, exitDone, list.code, list.stderr)
	var tokens []tokenJSON
	require.NoError(t, json.Unmarshal([]byte(list.stdout), &tokens))
	for _, token := range tokens {
		if token.ID == id {
			return token
		}
	}
	require.Fail(t, "the token is not in the list", id)
	return tokenJSON{}
}

// TK-2: standard output has the token and nothing else; lists never have it.
func TestTokenCreatePrintsTheTokenOnly(t *testing.T) {
	server := startDev(t)
	created := server.client("token", "create", "--sub=#").run(t)
	assert.Regexp(t, accessTokenLine, created.stdout)
	assert.NotContains(t, created.stderr, strings.TrimSpace(created.stdout))
	got := server.client("sub", "--count=1", "--token="+strings.TrimSpace(created.stdout), "a").start(t)
	got.says("subscribed to a")

	list := server.client("token", "list").run(t)
	assert.Equal(t, exitDone, list.code)
	assert.Contains(t, list.stdout, "TOKEN ID")
	assert.Contains(t, list.stdout, "my-tenant,~ pub # sub #")
	assert.NotContains(t, list.stdout, "AT_")
}

func TestTokenCreateFromAFile(t *testing.T) {
	server := startDev(t)
	right := `{"tenant_grants":[{"tenant_ids":["q"],"allow_channels_sub":["z.#"]}]}`
	path := filepath.Join(t.TempDir(), "right.json")
	require.NoError(t, os.WriteFile(path, []byte(right), 0o600))
	for _, invocation := range []invocation{
		server.client("token", "create", "--right-file="+path, "--created-by=someone"),
		server.client("token", "create", "--right-file=-", "--created-by=someone").input(right),
		server.client("token", "create", "--right-file=-").input(`{"right":` + right + `,"created_by":"someone"}`),
		server.client("token", "create", "--right-file=-").input(strings.TrimSuffix(right, "}") + `,"created_by":"someone"}`),
		server.client("token", "create", "--right-file=-").with("FASTPUBSUB_TENANT=my-tenant", "FASTPUBSUB_REGION=eu").
			input(`{"right":` + right + `,"created_by":"someone"}`),
	} {
		created := invocation.run(t)
		require.Equal(t, exitDone, created.code, created.stderr)
		id, err := tokenID(strings.TrimSpace(created.stdout))
		require.NoError(t, err)
		info := listed1(t, server.client("token", "list", "--json", "--created-by=someone").run(t), id)
		assert.Equal(t, []grantJSON{{TenantIDs: []string{"q"}, AllowChannelsPub: []string{}, AllowChannelsSub: []string{"z.#"}}}, info.Right.TenantGrants)
		assert.Empty(t, info.Right.AllowRegions)
	}
}

func TestTokenCommandsThatAreRefused(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		invocation invocation
		code       int
		want       string
	}{
		{command("token"), exitWrongUse, "a command is missing; there are create, list, refresh, revoke"},
		{command("token", "crate"), exitWrongUse, `unknown command "crate" of fastpubsub token; did you mean create?`},
		{command("token", "list"), exitWrongUse, "master-token: got nothing; accepts a master token of the server"},
		{command("token", "list", "--master-token-file=/nonexistent"), exitWrongUse, "master-token-file: cannot read"},
		{command("token", "list", "--master-token=hunter2"), exitWrongUse, "master-token: got [redacted]"},
		{server.client("token", "create"), exitWrongUse, "the token would allow nothing"},
		{server.client("token", "create", "--pub=a", "--expires-in=x"), exitWrongUse, `expires-in: got "x"`},
		{server.client("token", "create", "--pub=a", "--expires-at=tomorrow"), exitWrongUse, `expires-at: got "tomorrow"`},
		{server.client("token", "create", "--pub=a", "--expires-in=1h", "--expires-at=2030-01-01T00:00:00Z"), exitWrongUse, "exclude each other"},
		{server.client("token", "create", "--right-file=-", "--pub=a", "--ip=::1"), exitWrongUse, "leave --pub, --ip away"},
		{server.client("token", "create", "--right-file=/nonexistent"), exitWrongUse, "right-file: open /nonexistent"},
		{server.client("token", "create", "--right-file=-").input("[]"), exitWrongUse, "standard input is not a JSON object"},
		{server.client("token", "create", "--right-file=-").input(`{"tenant_grant":[]}`), exitWrongUse, `unknown field "tenant_grant"`},
		{server.client("token", "refresh"), exitWrongUse, "token refresh takes one token id, not 0 arguments"},
		{server.client("token", "refresh", "AT_x"), exitWrongUse, "not written like AT_<id>_<secret>"},
		{server.client("token", "revoke"), exitWrongUse, "token revoke needs a token id"},
		{server.client("token", "create", "--pub=a..b"), exitFailed, "RULE_INVALID"},
		{server.client("token", "create", "--pub=a", "--expires-in=48h"), exitFailed, "TTL_INVALID"},
		{server.client("token", "create", "--pub=a", "--ip=x"), exitFailed, "REQUEST_INVALID"},
		{server.client("token", "refresh", "unknown"), exitFailed, "TOKEN_NOT_FOUND"},
		{server.client("token", "revoke", "one", "two"), exitFailed, "token two: TOKEN_NOT_FOUND"},
		{server.client("token", "list", "--master-token=another-master-token"), exitFailed, "MASTER_TOKEN_INVALID"},
		{server.client("token", "list", "--server=http://127.0.0.1:1"), exitFailed, "cannot reach http://127.0.0.1:1: UNREACHABLE"},
	}
	for _, test := range tests {
		got := test.invocation.run(t)
		assert.Equal(t, test.code, got.code, test.want)
		assert.Contains(t, got.stderr, test.want)
		assert.Empty(t, got.stdout)
		assert.NotContains(t, got.stderr, "hunter2")
		assert.NotContains(t, got.stderr, "another-master-token")
	}
}

func TestMasterTokenFromAFile(t *testing.T) {
	server := startDev(t)
	path := filepath.Join(t.TempDir(), "masters")
	require.NoError(t, os.WriteFile(path, []byte("# ours\n"+server.MasterToken+"\na-master-token-of-yesterday\n"), 0o600))
	got := command("token", "list", "--server=http://"+server.HTTP, "--master-token-file="+path).run(t)
	assert.Equal(t, exitDone, got.code, got.stderr)
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, "a b?[31mé?", printable("a b\x1b[31mé\t"))
}
