package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// revocation is what token revoke is told.
type revocation struct {
	server *administration
	asJSON bool
}

func (a *app) newTokenRevoke() *cobra.Command {
	r := &revocation{server: newAdministration()}
	table := append(r.server.rows(), jsonRow(&r.asJSON, "print one JSON object with token_id and revoked for each token"))
	return a.command(action{
		use:   "revoke [flags] TOKEN_ID…",
		short: "Revoke access tokens and close their connections",
		long: "Revokes access tokens. Their live connections are closed within a second, on every\n" +
			"server. Each TOKEN_ID may also be a whole token.",
		example: "  fastpubsub token revoke 0123456789abcdef0123456789abcdef",
		table:   table,
		arguments: func(args []string) error {
			if len(args) == 0 {
				return errors.New("token revoke needs a token id: token revoke TOKEN_ID…")
			}
			return nil
		},
		run: func(ctx context.Context, args []string) error { return a.revokeTokens(ctx, r, args) },
	})
}

func (a *app) revokeTokens(ctx context.Context, r *revocation, texts []string) error {
	return r.server.administer(ctx, func(ctx context.Context, client *fastpubsub.TokenClient) error {
		var faults []error
		for _, text := range texts {
			if err := a.revokeToken(ctx, client, r, text); err != nil {
				faults = append(faults, err)
			}
		}
		return errors.Join(faults...)
	})
}

func (a *app) revokeToken(ctx context.Context, client *fastpubsub.TokenClient, r *revocation, text string) error {
	id, err := tokenID(text)
	if err != nil {
		return err
	}
	if err := client.Revoke(ctx, text); err != nil {
		return fmt.Errorf("token %s: %w", id, err)
	}
	if r.asJSON {
		return json.NewEncoder(a.stdout).Encode(map[string]any{"token_id": id, "revoked": true})
	}
	a.notice("token %s is revoked", id)
	return nil
}
