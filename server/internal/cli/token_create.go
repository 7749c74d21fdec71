package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// creation is what token create is told.
type creation struct {
	server                 *administration
	expiry                 *expiry
	tenants, pub, sub      []string
	ips, regions, origins  []string
	createdBy, description string
	rightFile              string
	asJSON                 bool
	table                  config.Table
}

func (a *app) newTokenCreate() *cobra.Command {
	c := &creation{server: newAdministration(), expiry: newExpiry(), tenants: []string{defaultTenant}}
	c.table = append(c.rows(), jsonRow(&c.asJSON, "print one JSON object with token, token_id and expires_at"))
	c.table = append(c.table, c.server.rows()...)
	return a.command(action{
		use:   "create [flags]",
		short: "Create an access token and print it",
		long: "Creates an access token. Standard output has the token and nothing else; it cannot be\n" +
			"shown again. It allows what --pub and --sub say in every --tenant, or what --right-file\n" +
			"says: JSON as POST /v1/get-token takes it.",
		example: "  fastpubsub token create --tenant my-tenant --pub 'news.#' --sub 'news.#' --expires-in 8h\n" +
			"  export FASTPUBSUB_TOKEN=$(fastpubsub token create --sub '#')\n" +
			"  fastpubsub token create --right-file right.json",
		table: c.table,
		run:   func(ctx context.Context, _ []string) error { return a.createToken(ctx, c) },
	})
}

func (c *creation) rows() config.Table {
	return append(config.Table{
		{
			Name: "tenant", Group: groupRight, Value: config.Texts(&c.tenants, "tenants"),
			Meaning: "tenant of the channels",
		},
		{
			Name: "pub", Group: groupRight, Value: config.Texts(&c.pub, `rules like "news.today" or "news.#"`),
			Meaning: "channels that may be published to",
		},
		{
			Name: "sub", Group: groupRight, Value: config.Texts(&c.sub, `rules like "news.today" or "news.#"`),
			Meaning: "channels that may be subscribed to",
		},
		{
			Name: "ip", Group: groupRight, Value: config.Texts(&c.ips, "addresses and CIDR blocks"),
			Meaning: "address that clients must come from; none: any",
		},
		{
			Name: "region", Group: groupRight, FlagOnly: true, Value: config.Texts(&c.regions, "regions"),
			Meaning: "region that the server must be in; none: any",
		},
		{
			Name: "origin", Group: groupRight, Value: config.Texts(&c.origins, `web origins like "https://example.com"`),
			Meaning: "web origin that clients must come from; none: any",
		},
		{
			Name: "created-by", Group: groupRight, Value: config.Text(&c.createdBy, "one line"),
			Meaning: "who asked for the token, for lists",
		},
		{
			Name: "description", Group: groupRight, Value: config.Text(&c.description, "one line"),
			Meaning: "what the token is for, for lists",
		},
		{
			Name: "right-file", Group: groupRight, Value: config.Path(&c.rightFile, `a readable JSON file; "-": standard input; empty: none`),
			Meaning: "file with the whole right, instead of the flags",
		},
	}, c.expiry.table...)
}

// request is what the server is asked for.
func (c *creation) request(a *app, ctx context.Context) (*fastpubsub.TokenRequest, error) {
	request := &fastpubsub.TokenRequest{Right: fastpubsub.Right{
		TenantGrants: []fastpubsub.TenantGrant{{TenantIDs: c.tenants, AllowChannelsPub: c.pub, AllowChannelsSub: c.sub}},
		AllowIPMasks: c.ips, AllowRegions: c.regions, AllowedWSOrigin: c.origins,
	}}
	switch {
	case c.rightFile != "":
		if err := c.checkFlagsBesideFile(); err != nil {
			return nil, err
		}
		var err error
		if request, err = readRight(c.rightFile, a.input(ctx)); err != nil {
			return nil, &misuse{err}
		}
	case len(c.pub) == 0 && len(c.sub) == 0:
		return nil, &misuse{errors.New("the token would allow nothing; give --pub, --sub or --right-file")}
	}
	if c.createdBy != "" {
		request.CreatedBy = c.createdBy
	}
	if c.description != "" {
		request.Description = c.description
	}
	return request, c.setExpiry(&request.Right)
}

func (c *creation) setExpiry(right *fastpubsub.Right) (err error) {
	if right.ExpiresAt.IsZero() || c.expiry.isSet() {
		right.ExpiresAt, err = c.expiry.time(time.Now())
	}
	return err
}

// checkFlagsBesideFile refuses flags that the file replaces.
func (c *creation) checkFlagsBesideFile() error {
	var beside []string
	for _, name := range []string{"tenant", "pub", "sub", "ip", "region", "origin"} {
		if c.table.Lookup(name).Origin.Layer == config.LayerFlag {
			beside = append(beside, "--"+name)
		}
	}
	if len(beside) > 0 {
		return &misuse{fmt.Errorf("--right-file says the whole right; leave %s away", strings.Join(beside, ", "))}
	}
	return nil
}

func (a *app) createToken(ctx context.Context, c *creation) error {
	request, err := c.request(a, ctx)
	if err != nil {
		return unlessInterrupted(ctx, err)
	}
	return c.server.administer(ctx, func(ctx context.Context, client *fastpubsub.TokenClient) error {
		created, err := client.Create(ctx, *request)
		if err != nil {
			return err
		}
		if c.asJSON {
			return json.NewEncoder(a.stdout).Encode(map[string]any{
				"token": created.Token(), "token_id": created.ID, "expires_at": created.ExpiresAt,
			})
		}
		a.notice("token %s expires at %s", created.ID, created.ExpiresAt.Format(time.RFC3339))
		_, err = fmt.Fprintln(a.stdout, created.Token())
		return err
	})
}
