package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// refreshing is what token refresh is told.
type refreshing struct {
	server *administration
	expiry *expiry
	asJSON bool
}

func (a *app) newTokenRefresh() *cobra.Command {
	r := &refreshing{server: newAdministration(), expiry: newExpiry()}
	table := append(r.expiry.table, jsonRow(&r.asJSON, "print one JSON object with token_id and new_expires_at"))
	return a.command(action{
		use:   "refresh [flags] TOKEN_ID",
		short: "Change when an access token expires",
		long: "Changes when an access token expires, and prints the new time. A time in the past\n" +
			"deactivates the token: new connections are refused, live ones stay until they end.\n" +
			"TOKEN_ID may also be the whole token.",
		example: "  fastpubsub token refresh 0123456789abcdef0123456789abcdef --expires-in 8h\n" +
			"  fastpubsub token refresh \"$FASTPUBSUB_TOKEN\" --expires-in 0",
		table: append(table, r.server.rows()...),
		arguments: func(args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("token refresh takes one token id, not %d arguments", len(args))
			}
			return nil
		},
		run: func(ctx context.Context, args []string) error { return a.refreshToken(ctx, r, args[0]) },
	})
}

func (a *app) refreshToken(ctx context.Context, r *refreshing, text string) error {
	id, err := tokenID(text)
	if err != nil {
		return err
	}
	expiresAt, err := r.expiry.time(time.Now())
	if err != nil {
		return err
	}
	return r.server.administer(ctx, func(ctx context.Context, client *fastpubsub.TokenClient) error {
		inForce, err := client.Refresh(ctx, id, expiresAt)
		if err != nil {
			return err
		}
		if !inForce.After(time.Now()) {
			a.notice("token %s is deactivated: new connections are refused, live ones stay", id)
		}
		if r.asJSON {
			return json.NewEncoder(a.stdout).Encode(map[string]any{"token_id": id, "new_expires_at": inForce})
		}
		_, err = fmt.Fprintln(a.stdout, inForce.Format(time.RFC3339))
		return err
	})
}
