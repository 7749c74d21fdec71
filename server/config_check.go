package server

import (
	"net"
	"strconv"
	"time"
)

const (
	// maxNameBytes is what a name's length prefix of 16 bits can say.
	maxNameBytes = 65535
	// maxPayloadBytes keeps a frame with one payload well below the 2 GiB that
	// protobuf can say, and below what one read should cost.
	maxPayloadBytes = 16 << 20
	// minMasterToken is the shortest master token, in characters (TK-11).
	minMasterToken = 16
)

// check finds everything that is wrong, as an error that joins *ConfigError.
func (c *Config) check() error {
	var p problems
	c.checkAddresses(&p)
	c.checkMasterTokens(&p)
	c.checkTimes(&p)
	p.unless(c.Overflow == OverflowDisconnect || c.Overflow == OverflowDropOldest, "Overflow", strconv.Quote(string(c.Overflow)),
		`"disconnect" or "drop-oldest"`)
	p.unless((c.TLS.CertFile == "") == (c.TLS.KeyFile == ""), "TLS", "one of CertFile and KeyFile", "both or none")
	p.unless(c.TLS.ClientCAFile == "" || c.TLS.CertFile != "", "TLS.ClientCAFile", strconv.Quote(c.TLS.ClientCAFile),
		"a file only beside CertFile and KeyFile")
	c.Limits.check(&p)
	return p.err()
}

func (c *Config) checkAddresses(p *problems) {
	addresses := map[string]string{"HTTPAddr": c.HTTPAddr, "GRPCAddr": c.GRPCAddr}
	if c.MetricsAddr != "" {
		addresses["MetricsAddr"] = c.MetricsAddr
	}
	for field, address := range addresses {
		p.unless(isListenAddress(address), field, strconv.Quote(address), `"host:port", ":port" or "host:0"`)
	}
	for _, host := range c.PublicHosts {
		p.unless(isPublicHost(host), "PublicHosts", strconv.Quote(host), `"host:port"`)
	}
}

func isListenAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isPublicHost(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return err == nil && host != "" && port != "" && port != "0"
}

func (c *Config) checkMasterTokens(p *problems) {
	p.unless(len(c.MasterTokens) > 0, "MasterTokens", "none", "at least one")
	for _, token := range c.MasterTokens {
		n := len([]rune(token.Reveal()))
		p.unless(n >= minMasterToken, "MasterTokens", strconv.Itoa(n)+" characters", strconv.Itoa(minMasterToken)+" characters or more each")
	}
}

func (c *Config) checkTimes(p *problems) {
	p.unless(c.KeepAliveInterval >= time.Second, "KeepAliveInterval", c.KeepAliveInterval, "1s or more")
	p.unless(c.AuthTimeout >= 100*time.Millisecond, "AuthTimeout", c.AuthTimeout, "100ms or more")
	p.unless(c.DrainTimeout >= 0, "DrainTimeout", c.DrainTimeout, "0s or more")
}

func (l *Limits) check(p *problems) {
	p.within("Limits.TenantBytes", l.TenantBytes, 1, maxNameBytes)
	p.within("Limits.ChannelBytes", l.ChannelBytes, 1, maxNameBytes)
	p.within("Limits.PayloadBytes", l.PayloadBytes, 1, maxPayloadBytes)
	p.unless(l.TokenTTL >= time.Second, "Limits.TokenTTL", l.TokenTTL, "1s or more")
	p.notNegative("Limits.Subscriptions", l.Subscriptions)
	p.notNegative("Limits.ConnectionsPerToken", l.ConnectionsPerToken)
	p.notNegative("Limits.Connections", l.Connections)
	p.notNegative("Limits.PublishesPerSecond", l.PublishesPerSecond)
	p.unless(l.QueueBytes > l.PayloadBytes, "Limits.QueueBytes", l.QueueBytes, "more than Limits.PayloadBytes")
	p.unless(l.QueueMessages >= 1, "Limits.QueueMessages", l.QueueMessages, "1 or more")
}
