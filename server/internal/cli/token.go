package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// administration is what the token commands are told about the way to a server.
type administration struct {
	file       string
	server     string
	masters    []secret.Text
	masterFile string
	timeout    time.Duration
	tls        clientTLS
}

func newAdministration() *administration {
	return &administration{server: defaultServer, timeout: defaultTimeout}
}

func (a *app) newToken() *cobra.Command {
	group := a.group("token", "Create, refresh, revoke and list access tokens",
		"Administers the access tokens of a server. Needs one of the server's master tokens.")
	group.AddCommand(a.newTokenCreate(), a.newTokenRefresh(), a.newTokenRevoke(), a.newTokenList())
	return group
}

func (m *administration) rows() config.Table {
	rows := config.Table{
		{
			Name: "server", Group: groupConnection, Value: config.URL(&m.server, "http", "https", "grpc", "grpcs"),
			Meaning: "where the server is: http:// or https:// with its HTTP port, grpc:// or grpcs:// with its gRPC port",
		},
		{
			Name: "master-token", Group: groupConnection, Secret: true, Value: config.MasterTokens(&m.masters),
			Meaning: "master token of the server; the first counts; FASTPUBSUB_MASTER_TOKEN keeps it out of the process list",
		},
		{
			Name: "master-token-file", Group: groupConnection, Value: config.Path(&m.masterFile, "a readable file; empty: none"),
			Meaning: "file with master tokens, one a line, as serve reads it; the first counts, after master-token",
		},
		timeoutRow(&m.timeout, "how long to wait for an answer"),
		config.FileRow(&m.file, groupConnection),
	}
	return append(rows, m.tls.rows()...)
}

// master is the master token to use.
func (m *administration) master() (secret.Text, error) {
	if len(m.masters) > 0 {
		return m.masters[0], nil
	}
	if m.masterFile == "" {
		return secret.Text{}, &misuse{&config.Error{
			Setting: "master-token",
			Accepts: "a master token of the server, from --master-token, " + config.VariableOf("master-token") + " or --master-token-file",
		}}
	}
	tokens, err := config.ReadMasterTokens(m.masterFile)
	if err != nil {
		return secret.Text{}, &misuse{fmt.Errorf("master-token-file: %w", err)}
	}
	return tokens[0], nil
}

// administer calls the server. Faults say which server it was.
func (m *administration) administer(ctx context.Context, call func(context.Context, *fastpubsub.TokenClient) error) error {
	master, err := m.master()
	if err != nil {
		return err
	}
	options, err := m.tls.options()
	if err != nil {
		return err
	}
	client, err := fastpubsub.NewTokenClient(m.server, master.Reveal(), options...)
	if err != nil {
		return &misuse{err}
	}
	defer client.Close()
	waiting, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	if err := call(waiting, client); err != nil {
		return unlessInterrupted(ctx, m.named(err))
	}
	return nil
}

// named is err with the server's address, if it has not answered.
func (m *administration) named(err error) error {
	if errors.Is(err, fastpubsub.ReasonUnreachable) || errors.Is(err, fastpubsub.ReasonTimedOut) {
		return fmt.Errorf("cannot reach %s: %w", m.server, err)
	}
	return err
}

// tokenID is the id in what names a token: an id, or a whole token.
func tokenID(text string) (string, error) {
	if !strings.HasPrefix(text, "AT_") {
		return text, nil
	}
	parsed, err := token.Parse(text)
	if err != nil {
		return "", &misuse{errors.New("the token is not written like AT_<id>_<secret>")}
	}
	return parsed.ID, nil
}
