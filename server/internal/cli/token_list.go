package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// listing is what token list is told.
type listing struct {
	server    *administration
	createdBy string
	asJSON    bool
}

func (a *app) newTokenList() *cobra.Command {
	l := &listing{server: newAdministration()}
	table := config.Table{
		jsonRow(&l.asJSON, "print a JSON list of objects"),
		{
			Name: "created-by", Group: groupOutput, FlagOnly: true, Value: config.Text(&l.createdBy, "one line; empty: all tokens"),
			Meaning: "only tokens that this one asked for",
		},
	}
	return a.command(action{
		use: "list [flags]", short: "List access tokens, never their secrets",
		example: "  fastpubsub token list\n  fastpubsub token list --json | jq -r '.[] | select(.state == \"ACTIVE\") | .token_id'",
		table:   append(table, l.server.rows()...),
		run:     func(ctx context.Context, _ []string) error { return a.listTokens(ctx, l) },
	})
}

func (a *app) listTokens(ctx context.Context, l *listing) error {
	tokens := []fastpubsub.TokenInfo{}
	err := l.server.administer(ctx, func(ctx context.Context, client *fastpubsub.TokenClient) error {
		for info, err := range client.List(ctx, l.createdBy) {
			if err != nil {
				return err
			}
			tokens = append(tokens, info)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case l.asJSON:
		return writeTokensJSON(a.stdout, tokens)
	default:
		return writeTokensTable(a.stdout, tokens)
	}
}

func writeTokensTable(w io.Writer, tokens []fastpubsub.TokenInfo) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TOKEN ID\tSTATE\tEXPIRES\tGRANTS\tCREATED BY\tDESCRIPTION")
	for _, info := range tokens {
		cells := []string{
			info.ID, string(info.State), info.Right.ExpiresAt.UTC().Format(time.RFC3339),
			grantsText(info.Right.TenantGrants), info.CreatedBy, info.Description,
		}
		for i, cell := range cells {
			cells[i] = printable(cell)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// grantsText is "my-tenant,~ pub news.# sub #; …".
func grantsText(grants []fastpubsub.TenantGrant) string {
	texts := make([]string, len(grants))
	for i, grant := range grants {
		texts[i] = strings.Join(grant.TenantIDs, ",")
		if len(grant.AllowChannelsPub) > 0 {
			texts[i] += " pub " + strings.Join(grant.AllowChannelsPub, ",")
		}
		if len(grant.AllowChannelsSub) > 0 {
			texts[i] += " sub " + strings.Join(grant.AllowChannelsSub, ",")
		}
	}
	return strings.Join(texts, "; ")
}

// printable keeps what others wrote from steering a terminal or the table.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// tokenJSON is a token in the contract's names.
type tokenJSON struct {
	ID          string    `json:"token_id"`
	State       string    `json:"state"`
	Right       rightJSON `json:"right"`
	CreatedBy   string    `json:"created_by"`
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
}

type rightJSON struct {
	TenantGrants    []grantJSON `json:"tenant_grants"`
	AllowIPMasks    []string    `json:"allow_ip_masks"`
	AllowRegions    []string    `json:"allow_regions"`
	AllowedWSOrigin []string    `json:"allowed_ws_origin"`
	ExpiresAt       time.Time   `json:"expires_at"`
}

type grantJSON struct {
	TenantIDs        []string `json:"tenant_ids"`
	AllowChannelsPub []string `json:"allow_channels_pub"`
	AllowChannelsSub []string `json:"allow_channels_sub"`
}

func writeTokensJSON(w io.Writer, tokens []fastpubsub.TokenInfo) error {
	shown := make([]tokenJSON, len(tokens))
	for i, info := range tokens {
		shown[i] = tokenJSON{
			ID: info.ID, State: string(info.State), CreatedBy: info.CreatedBy, Description: info.Description, CreatedAt: info.CreatedAt,
			Right: rightJSON{
				TenantGrants: make([]grantJSON, len(info.Right.TenantGrants)), AllowIPMasks: listed(info.Right.AllowIPMasks),
				AllowRegions: listed(info.Right.AllowRegions), AllowedWSOrigin: listed(info.Right.AllowedWSOrigin),
				ExpiresAt: info.Right.ExpiresAt,
			},
		}
		for j, grant := range info.Right.TenantGrants {
			shown[i].Right.TenantGrants[j] = grantJSON{
				TenantIDs: listed(grant.TenantIDs), AllowChannelsPub: listed(grant.AllowChannelsPub), AllowChannelsSub: listed(grant.AllowChannelsSub),
			}
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(shown)
}

// listed is a list that JSON shows as [] when it is empty.
func listed(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
