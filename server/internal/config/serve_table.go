package config

import "time"

// The headings of serve's settings.
const (
	groupStart       = "Start"
	groupAddresses   = "Addresses"
	groupTLS         = "TLS"
	groupTokens      = "Tokens"
	groupConnections = "Connections"
	groupLimits      = "Limits"
	groupLog         = "Log"
)

// Bounds of settings that the specification leaves open.
const (
	maxCount    = 1 << 30        // connections, messages, …: below 2^31 on every machine
	maxQueue    = 1 << 30        // bytes
	maxPayload  = 1 << 24        // bytes, as server.Limits says
	maxName     = 65535          // bytes, as server.Limits says
	minInterval = time.Second    // keep-alive below it is load and no news
	maxInterval = 24 * time.Hour // of everything that a client waits for
	maxTTL      = 366 * 24 * time.Hour
)

// ServeTable is the settings of "fastpubsub serve", bound to serve.
func ServeTable(serve *Serve) Table {
	var table Table
	table = append(table, startSettings(serve)...)
	table = append(table, addressSettings(serve)...)
	table = append(table, tlsSettings(serve)...)
	table = append(table, tokenSettings(serve)...)
	table = append(table, connectionSettings(serve)...)
	table = append(table, limitSettings(serve)...)
	return append(table, logSettings(serve)...)
}

// FileRow is the setting that names the YAML file; every command has it.
func FileRow(target *string, group string) *Setting {
	return &Setting{
		Name: FileSetting, Group: group, Value: Path(target, "a readable YAML file of settings"),
		Meaning: "YAML file with settings, one \"name: value\" each; the key is the flag without dashes",
	}
}

func startSettings(serve *Serve) Table {
	return Table{
		FileRow(&serve.File, groupStart),
		{
			Name: "dev", Group: groupStart, Value: Switch(&serve.Dev),
			Meaning: "for a first try and for tests: this machine only, tokens in memory, prints tokens and lines to copy",
		},
		{
			Name: "ready-file", Group: groupStart, Value: Path(&serve.ReadyFile, "a path in a directory that can be written to"),
			Meaning: "JSON file with the addresses, written once both ports accept, removed at exit",
		},
		{
			Name: "data-dir", Group: groupStart, Field: "DataDir", DevDefault: []string{""},
			Value:   Path(&serve.Server.DataDir, "a directory; empty: tokens are kept in memory and are gone at exit"),
			Meaning: "directory of the token store, made with mode 0700; in memory with --dev",
		},
		{
			Name: "node-name", Group: groupStart, Field: "NodeName", Implied: "the host's name",
			Value:   Text(&serve.Server.NodeName, "a name of one line; empty: the host's name"),
			Meaning: "name of this server in welcomes and logs",
		},
		{
			Name: "region", Group: groupStart, Field: "Region",
			Value:   Text(&serve.Server.Region, "a name of one line; empty: none"),
			Meaning: "region of this server, for tokens that are allowed in some regions only",
		},
		{
			Name: "drain-timeout", Group: groupStart, Field: "DrainTimeout",
			Value:   Duration(&serve.Server.DrainTimeout, 0, maxInterval, "close at once"),
			Meaning: "how long SIGTERM and SIGINT keep clients that do not move to another server; a second signal ends at once",
		},
	}
}

func addressSettings(serve *Serve) Table {
	return Table{
		{
			Name: "http-addr", Group: groupAddresses, Field: "HTTPAddr", DevDefault: []string{"127.0.0.1:8080"},
			Value:   Address(&serve.Server.HTTPAddr, ""),
			Meaning: "where WebSocket, REST, Connect and gRPC-Web are served; 127.0.0.1:8080 with --dev",
		},
		{
			Name: "grpc-addr", Group: groupAddresses, Field: "GRPCAddr", DevDefault: []string{"127.0.0.1:9090"},
			Value:   Address(&serve.Server.GRPCAddr, ""),
			Meaning: "where gRPC is served; 127.0.0.1:9090 with --dev",
		},
		{
			Name: "metrics-addr", Group: groupAddresses, Field: "MetricsAddr", Implied: "on http-addr",
			Value:   Address(&serve.Server.MetricsAddr, "/metrics stays on http-addr"),
			Meaning: "address of its own for /metrics",
		},
		{
			Name: "trusted-proxy", Group: groupAddresses, Field: "TrustedProxies",
			Value:   Prefixes(&serve.Server.TrustedProxies),
			Meaning: "proxy whose X-Forwarded-For says the client's address",
		},
		{
			Name: "public-host", Group: groupAddresses, Field: "PublicHosts",
			Value:   PublicHosts(&serve.Server.PublicHosts),
			Meaning: "host that GET / names to clients that look for servers; none: GET / answers 404",
		},
		{
			Name: "reflection", Group: groupAddresses, Field: "Reflection", Value: Switch(&serve.Server.Reflection),
			Meaning: "serve gRPC server reflection",
		},
	}
}

func tlsSettings(serve *Serve) Table {
	tls := &serve.Server.TLS
	return Table{
		{
			Name: "tls-cert-file", Group: groupTLS, Field: "TLS.CertFile",
			Value:   Path(&tls.CertFile, "a readable PEM file; empty: no TLS"),
			Meaning: "certificate chain of both ports, read again when it changes; needs tls-key-file",
		},
		{
			Name: "tls-key-file", Group: groupTLS, Field: "TLS.KeyFile",
			Value:   Path(&tls.KeyFile, "a readable PEM file; empty: no TLS"),
			Meaning: "private key of the certificate",
		},
		{
			Name: "tls-client-ca-file", Group: groupTLS, Field: "TLS.ClientCAFile",
			Value:   Path(&tls.ClientCAFile, "a readable PEM file; empty: no client certificates"),
			Meaning: "authorities of which clients must show a certificate",
		},
	}
}

func tokenSettings(serve *Serve) Table {
	return Table{
		{
			Name: "master-token", Group: groupTokens, Field: "MasterTokens", Secret: true,
			Value:   MasterTokens(&serve.Server.MasterTokens),
			Meaning: "master token for the token API; several are valid at once; a file or variable keeps it out of the process list",
		},
		{
			Name: "master-token-file", Group: groupTokens, Value: Paths(&serve.MasterTokenFiles, "a readable file"),
			Meaning: "file of further master tokens, one a line; lines that start with # do not count",
		},
		{
			Name: "max-token-ttl", Group: groupTokens, Field: "Limits.TokenTTL",
			Value:   Duration(&serve.Server.Limits.TokenTTL, time.Second, maxTTL, ""),
			Meaning: "how far ahead a token may expire",
		},
		{
			Name: "keep-expired-connections", Group: groupTokens, Field: "KeepExpiredConnections",
			Value:   Switch(&serve.Server.KeepExpiredConnections),
			Meaning: "keep the connections of a token that runs out",
		},
	}
}

func logSettings(serve *Serve) Table {
	return Table{
		{
			Name: "log-level", Group: groupLog, Value: Choice(&serve.LogLevel, LogDebug, LogInfo, LogWarn, LogError),
			Meaning: "least severe level that is logged on standard error",
		},
		{
			Name: "log-format", Group: groupLog, Value: Choice(&serve.LogFormat, LogText, LogJSON),
			Meaning: "how log lines are written",
		},
	}
}
