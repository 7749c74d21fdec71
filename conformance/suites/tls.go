package suites

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// tls is connections that are secured.
var tls = []scenario.Case{
	{
		Name:       "tls/a private authority that the client is given",
		Rules:      []string{"SDK-14", "OP-6", "SDK-1"},
		Needs:      []string{"private-ca"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority := s.NewAuthority()
			s.NewSecureNode(authority)
			talk(s, &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM())})
		},
	},
	{
		Name:       "tls/a server that the client does not trust",
		Rules:      []string{"SDK-14", "SDK-12"},
		Needs:      []string{"private-ca"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			s.NewSecureNode(s.NewAuthority())
			for _, options := range []*conformancev1.ClientOptions{
				{}, // the system's authorities
				{CaPem: proto.String(s.NewAuthority().PEM())},
			} {
				unreachable(s, scenario.Opening{Options: options})
			}
		},
	},
	{
		Name:       "tls/a certificate that has expired",
		Rules:      []string{"SDK-14", "SDK-12"},
		Needs:      []string{"private-ca"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority := s.NewAuthority()
			authority.IssueExpired()
			s.NewSecureNode(authority)
			options := &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM())}
			unreachable(s, scenario.Opening{Options: options})
		},
	},
	{
		Name:       "tls/an authority that has expired",
		Rules:      []string{"SDK-14", "SDK-12"},
		Needs:      []string{"private-ca"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority := s.NewExpiredAuthority()
			s.NewSecureNode(authority)
			options := &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM())}
			unreachable(s, scenario.Opening{Options: options})
		},
	},
	{
		Name:       "tls/without checks, when asked for by that name",
		Rules:      []string{"SDK-14"},
		Needs:      []string{"insecure-skip-verify"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			s.NewSecureNode(s.NewAuthority())
			talk(s, &conformancev1.ClientOptions{InsecureSkipVerify: proto.Bool(true)})
		},
	},
	{
		Name:       "tls/a server that wants a client certificate",
		Rules:      []string{"SDK-14", "OP-6", "SDK-12"},
		Needs:      []string{"private-ca", "client-certificate"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority, clients := s.NewAuthority(), s.NewAuthority()
			authority.RequireClients(clients)
			s.NewSecureNode(authority)
			withCertificate := func(pair scenario.Pair) *conformancev1.ClientOptions {
				return &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM()), CertificatePem: &pair.Certificate, KeyPem: &pair.Key}
			}
			talk(s, withCertificate(clients.Issue()))
			without := &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM())}
			unreachable(s, scenario.Opening{Options: without})
			unreachable(s, scenario.Opening{Options: withCertificate(s.NewAuthority().Issue())})
		},
	},
	{
		Name:       "tls/one side speaks TLS, the other does not",
		Rules:      []string{"SDK-1", "SDK-14", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			plain := s.Node().DirectURL(s.Transport)
			s.Refused(scenario.Opening{URL: withTLS(plain), Timeout: patient}, "UNREACHABLE")
			secure := s.NewSecureNode(s.NewAuthority()).DirectURL(s.Transport)
			s.Refused(scenario.Opening{URL: strings.Replace(secure, "s://", "://", 1), Timeout: patient}, "UNREACHABLE")
		},
	},
	{
		Name:  "tls/a text that is no certificate",
		Rules: []string{"SDK-12", "SDK-14"},
		Needs: []string{"private-ca"},
		Run: func(s *scenario.S) {
			url := withTLS(s.URLOf("127.0.0.1:1"))
			for _, none := range []string{"nonsense", s.NewAuthority().Issue().Key} {
				s.Refused(scenario.Opening{URL: url, Options: &conformancev1.ClientOptions{CaPem: &none}}, "REQUEST_INVALID")
			}
		},
	},
	{
		Name:  "tls/a text that is no client certificate, or no key",
		Rules: []string{"SDK-12", "SDK-14"},
		Needs: []string{"client-certificate"},
		Run: func(s *scenario.S) {
			url := withTLS(s.URLOf("127.0.0.1:1"))
			good := s.NewAuthority().Issue()
			for _, bad := range []scenario.Pair{
				{Certificate: "nonsense", Key: good.Key},
				{Certificate: good.Certificate, Key: "nonsense"},
				{Certificate: good.Certificate}, // no key
				{Certificate: good.Key, Key: good.Certificate},
			} {
				options := &conformancev1.ClientOptions{CertificatePem: &bad.Certificate, KeyPem: &bad.Key}
				c, opening := s.StartOpen(scenario.Opening{URL: url, Options: options, Timeout: patient})
				c.IgnoreStates()
				opening.FailsIfExpressible("REQUEST_INVALID")
			}
		},
	},
	{
		Name:       "tls/the token client and a private authority",
		Rules:      []string{"SDK-14", "SDK-15", "SDK-12", "OP-6"},
		Needs:      []string{"private-ca", "token-client"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority := s.NewAuthority()
			s.NewSecureNode(authority)
			created := s.Administrator().Create(scenario.Everything("t"), "conformance", "")
			s.Open(scenario.Opening{Token: created.GetToken(), Options: &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM())}})
			for _, ca := range []string{"", s.NewAuthority().PEM()} { // "": the system's authorities
				s.Administrator().Trusting(ca).StartList("").Fails("UNREACHABLE")
			}
			s.Administrator().Trusting("nonsense").StartList("").Fails("REQUEST_INVALID")
		},
	},
}

func talk(s *scenario.S, options *conformancev1.ClientOptions) {
	c := s.Open(scenario.Opening{Options: options})
	sub := c.Subscribe("t", "secured")
	c.Publish("t", "secured", "x")
	sub.Expect("x")
}

// unreachable opens a client to a server that it cannot get through to, which no other
// attempt mends: the first one ends it.
func unreachable(s *scenario.S, o scenario.Opening) {
	if refusal := s.Refused(o, "UNREACHABLE"); refusal.GetRetryable() {
		s.Failf("another attempt does not mend it: %s", refusal.GetMessage())
	}
}

// withTLS is an address with the scheme that asks for TLS.
func withTLS(url string) string { return strings.Replace(url, "://", "s://", 1) }
