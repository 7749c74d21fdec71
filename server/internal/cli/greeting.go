package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/fastpubsub/fastpubsub/server"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// greeting is what serve --dev tells a person who wants to try it.
type greeting struct {
	addresses ready
	tls       server.TLS
	ttl       string
	program   program
}

// write prints the addresses, both tokens and lines that can be copied into
// another terminal as they are.
func (g greeting) write(w io.Writer) {
	fmt.Fprintf(w, `
FastPubSub runs in development mode, on this machine only.

  WebSocket     %s
  gRPC          %s
  REST          %s
  master token  %s
  access token  %s
                (tenants %s, every channel, valid %s)

Subscribe, in another terminal:

  %s

Publish, in a third one:

  %s

`,
		g.webSocketURL(), g.grpcURL(), g.restURL(), g.addresses.MasterToken, g.addresses.AccessToken,
		strings.Join(developmentTenants, " and "), g.ttl,
		g.line("sub --tenant my-tenant 'news.#'"), g.line("pub --tenant my-tenant news.today 'hello'"))
}

// line is a command with everything it needs to know before it.
func (g greeting) line(command string) string {
	variables := []string{config.VariableOf("token") + "=" + g.addresses.AccessToken}
	if url := g.webSocketURL(); url != defaultURL {
		variables = append(variables, config.VariableOf("url")+"="+url)
	}
	if g.tls.CertFile != "" {
		variables = append(variables, config.VariableOf("ca-file")+"="+shellQuote(absolute(g.tls.CertFile)))
	}
	return g.program.line(variables, command)
}

func (g greeting) webSocketURL() string { return g.scheme("ws") + g.addresses.HTTP + "/ws" }
func (g greeting) grpcURL() string      { return g.scheme("grpc") + g.addresses.GRPC }
func (g greeting) restURL() string      { return g.scheme("http") + g.addresses.HTTP }

func (g greeting) scheme(plain string) string {
	if g.tls.CertFile != "" {
		return plain + "s://"
	}
	return plain + "://"
}
