package cli

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
)

const (
	defaultURL    = "ws://127.0.0.1:8080/ws"
	defaultServer = "http://127.0.0.1:8080"
	defaultTenant = "~"

	// defaultTimeout is how long a person waits before something must be wrong, and
	// longer than a server takes to restart. Chosen by us.
	defaultTimeout = 5 * time.Second
	minTimeout     = 10 * time.Millisecond
	maxTimeout     = 24 * time.Hour
)

// connection is what pub, sub and bench are told about the way to a server.
type connection struct {
	file    string
	url     string
	token   secret.Text
	tenant  string
	timeout time.Duration
	tls     clientTLS
}

func newConnection() *connection {
	return &connection{url: defaultURL, tenant: defaultTenant, timeout: defaultTimeout}
}

func (c *connection) rows() config.Table {
	rows := config.Table{
		{
			Name: "url", Group: groupConnection, Value: config.URL(&c.url, "ws", "wss", "grpc", "grpcs"),
			Meaning: "where the server is: ws:// or wss:// with its HTTP port, grpc:// or grpcs:// with its gRPC port",
		},
		{
			Name: "token", Group: groupConnection, Secret: true, Value: config.Secret(&c.token, "an access token, AT_…"),
			Meaning: "access token; FASTPUBSUB_TOKEN keeps it out of the process list",
		},
		{
			Name: "tenant", Group: groupConnection, Value: config.Text(&c.tenant, "a tenant; empty: ~"),
			Meaning: "tenant of the channels and patterns",
		},
		timeoutRow(&c.timeout, "how long to wait for the server"),
		config.FileRow(&c.file, groupConnection),
	}
	return append(rows, c.tls.rows()...)
}

// checkToken says that a token is needed.
func (c *connection) checkToken() error {
	if !c.token.IsZero() {
		return nil
	}
	return &misuse{&config.Error{
		Setting: "token",
		Accepts: "an access token, from --token or " + config.VariableOf("token") + "; \"fastpubsub token create\" makes one",
	}}
}

func timeoutRow(target *time.Duration, meaning string) *config.Setting {
	return &config.Setting{
		Name: "timeout", Group: groupConnection, Value: config.Duration(target, minTimeout, maxTimeout, ""), Meaning: meaning,
	}
}
