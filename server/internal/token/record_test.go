package token_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestStateAt(t *testing.T) { // TK-8, TK-9, TK-10
	tests := map[string]struct {
		record token.Record
		want   token.State
	}{
		"before the expiry":               {token.Record{ExpiresAt: noon.Add(1)}, token.Active},
		"at the expiry":                   {token.Record{ExpiresAt: noon}, token.Expired},
		"after the expiry":                {token.Record{ExpiresAt: noon.Add(-1)}, token.Expired},
		"deactivated":                     {token.Record{ExpiresAt: noon.Add(-time.Hour), Deactivated: true}, token.Expired},
		"deactivated, by a clock behind":  {token.Record{ExpiresAt: noon.Add(time.Second), Deactivated: true}, token.Expired},
		"revoked":                         {token.Record{ExpiresAt: noon.Add(time.Hour), RevokedAt: noon}, token.Revoked},
		"revoked and then ran out":        {token.Record{ExpiresAt: noon.Add(-1), RevokedAt: noon.Add(-2)}, token.Revoked},
		"revoked, by a clock ahead of us": {token.Record{ExpiresAt: noon.Add(time.Hour), RevokedAt: noon.Add(time.Second)}, token.Revoked},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want.String(), test.record.StateAt(noon).String())
		})
	}
}

func TestEndsAt(t *testing.T) { // TK-8
	active := token.Record{ChangedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	assert.Equal(t, noon.Add(time.Hour), active.EndsAt())
	deactivated := token.Record{ChangedAt: noon, ExpiresAt: time.Unix(0, 0), Deactivated: true}
	assert.Equal(t, noon.Add(7*24*time.Hour), deactivated.EndsAt(), "its live connections can still be revoked")
}

func TestHasSecret(t *testing.T) { // TK-2
	record := token.Record{SecretHash: token.HashSecret(secret.New("right"))}
	assert.True(t, record.HasSecret(secret.New("right")))
	assert.False(t, record.HasSecret(secret.New("wrong")))
	assert.False(t, record.HasSecret(secret.New("")))
	var unknown token.Record
	assert.False(t, unknown.HasSecret(secret.New("")), "the zero record has no secret, not even the empty one")
}

func TestCloneSharesNothing(t *testing.T) {
	original := func() token.Record {
		return token.Record{ID: "id", Right: token.Right{
			Grants:  []authz.Grant{{Tenants: []string{"t"}, Publish: []string{"p"}, Subscribe: []string{"s"}}},
			IPMasks: []string{"192.0.2.1"}, Regions: []string{"eu"}, Origins: []string{"https://a.example"},
		}}
	}
	record := original()
	clone := record.Clone()
	require.Equal(t, record, clone)
	grant := &clone.Right.Grants[0]
	grant.Tenants[0], grant.Publish[0], grant.Subscribe[0] = "x", "x", "x"
	clone.Right.IPMasks[0], clone.Right.Regions[0], clone.Right.Origins[0] = "x", "x", "x"
	grant.Tenants = nil
	assert.Equal(t, original(), record)
}
