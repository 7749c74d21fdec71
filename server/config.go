package server

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/secret"
)

// Secret is a text that no way of printing, logging or encoding shows.
type Secret = secret.Text

// NewSecret wraps a secret text.
func NewSecret(text string) Secret { return secret.New(text) }

// OverflowPolicy says what happens when a connection's outgoing queue is full.
type OverflowPolicy string

// The overflow policies (DL-8).
const (
	// OverflowDisconnect closes the connection with SLOW_CONSUMER.
	OverflowDisconnect OverflowPolicy = "disconnect"
	// OverflowDropOldest drops the oldest messages and tells the client how many.
	OverflowDropOldest OverflowPolicy = "drop-oldest"
)

// Config is everything that a server can be told. DefaultConfig gives the
// defaults; New checks the whole and names what is wrong.
type Config struct {
	// HTTPAddr is where WebSocket, REST, Connect and gRPC-Web are served,
	// "host:port". Port 0 picks a free one.
	HTTPAddr string
	// GRPCAddr is where gRPC is served. Port 0 picks a free one.
	GRPCAddr string
	// MetricsAddr moves /metrics to an address of its own. Empty: it stays on
	// HTTPAddr.
	MetricsAddr string
	// DataDir is the directory of the embedded token store. Empty: tokens are
	// kept in memory and are gone when the server ends.
	DataDir string
	// MasterTokens open the token API; at least one, each of at least 16
	// characters.
	MasterTokens []Secret
	// NodeName names this server in welcomes and logs. Empty: the host name.
	NodeName string
	// Region is this server's region, for tokens with allow_regions.
	Region string
	// TrustedProxies are the peers whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
	// PublicHosts are the hosts that GET / answers to clients that look for
	// servers, each "host:port". Empty: GET / answers 404.
	PublicHosts []string

	// Limits are the limits of clients.
	Limits Limits
	// Overflow is what happens when an outgoing queue is full.
	Overflow OverflowPolicy
	// KeepAliveInterval is the time between keep-alive pings. A peer is gone
	// after two missed answers.
	KeepAliveInterval time.Duration
	// AuthTimeout is how long a client may take to send its token.
	AuthTimeout time.Duration
	// KeepExpiredConnections keeps the connections of a token that runs out,
	// instead of closing them with TOKEN_EXPIRED.
	KeepExpiredConnections bool
	// DrainTimeout is how long a draining server keeps clients that do not move.
	DrainTimeout time.Duration

	// TLS of the HTTP port and of the gRPC port.
	TLS TLS
	// Reflection serves gRPC server reflection.
	Reflection bool
	// Logger takes the server's log. Nil: nothing is logged.
	Logger *slog.Logger
}

// TLS names the files of a port's certificate. They are read again when they
// change. No files: plain HTTP/1.1, h2c and gRPC.
type TLS struct {
	// CertFile and KeyFile are PEM files; both or none.
	CertFile, KeyFile string
	// ClientCAFile is a PEM file of authorities. When set, clients must show a
	// certificate of one of them.
	ClientCAFile string
}

// Limits are the limits of section 5 of the specification. 0 means no limit
// where it says so, and is an error elsewhere.
type Limits struct {
	// TenantBytes is the longest tenant, 1 to 65535 bytes.
	TenantBytes int
	// ChannelBytes is the longest channel and pattern, 1 to 65535 bytes.
	ChannelBytes int
	// PayloadBytes is the largest payload, 1 to 16777216 bytes.
	PayloadBytes int
	// TokenTTL is how far ahead an expiry may be.
	TokenTTL time.Duration
	// Subscriptions is how many one connection may hold. 0: no limit.
	Subscriptions int
	// ConnectionsPerToken is how many live connections one token may have. 0: no
	// limit.
	ConnectionsPerToken int
	// Connections is how many live connections the server takes; beyond it
	// clients get OVERLOADED. 0: no limit.
	Connections int
	// PublishesPerSecond is the rate of one connection. 0: no limit.
	PublishesPerSecond int
	// QueueBytes and QueueMessages bound a connection's outgoing queue.
	QueueBytes, QueueMessages int
}

// DefaultConfig is the configuration of a server of which nothing is said but
// its master tokens.
func DefaultConfig() Config {
	return Config{
		HTTPAddr:          ":8080",
		GRPCAddr:          ":9090",
		DataDir:           "./data",
		Limits:            DefaultLimits(),
		Overflow:          OverflowDisconnect,
		KeepAliveInterval: 20 * time.Second,
		AuthTimeout:       10 * time.Second,
		DrainTimeout:      30 * time.Second,
		Reflection:        true,
	}
}

// DefaultLimits are the limits of which nothing is said.
func DefaultLimits() Limits {
	return Limits{
		TenantBytes:   128,
		ChannelBytes:  256,
		PayloadBytes:  65535,
		TokenTTL:      24 * time.Hour,
		Subscriptions: 1000,
		QueueBytes:    8 << 20,
		QueueMessages: 65536,
	}
}
