package config

import (
	"net"
	"net/netip"
	"strconv"
)

// Address is where to listen, "host:port" or ":port". Where it may be empty,
// empty says what that means.
func Address(target *string, empty string) Value {
	accepts := `"host:port" or ":port" with a port of 0 to 65535; port 0 picks a free one`
	if empty != "" {
		accepts += "; empty: " + empty
	}
	parse := func(text string) (string, bool) {
		if text == "" {
			return "", empty != ""
		}
		_, ok := splitAddress(text)
		return text, ok
	}
	return &scalar[string]{target: target, kind: "address", accepts: accepts, parse: parse, format: same}
}

// PublicHosts is any number of "host:port", all of them reachable: with a host
// and without port 0.
func PublicHosts(target *[]string) Value {
	parse := func(text string) (string, bool) {
		host, ok := splitAddress(text)
		_, port, _ := net.SplitHostPort(text)
		return text, ok && host != "" && port != "0"
	}
	accepts := `"host:port" with a port of 1 to 65535`
	return &list[string]{target: target, kind: "address", accepts: accepts, parse: parse, format: same}
}

// Prefixes is any number of single addresses or CIDR blocks, IPv4 and IPv6.
func Prefixes(target *[]netip.Prefix) Value {
	accepts := `an address ("10.0.0.7", "::1") or a CIDR block ("10.0.0.0/8")`
	return &list[netip.Prefix]{target: target, kind: "network", accepts: accepts, parse: parsePrefix, format: formatPrefix}
}

func splitAddress(text string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return host, err == nil
}

func parsePrefix(text string) (netip.Prefix, bool) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	return prefix.Masked(), true
}

func formatPrefix(prefix netip.Prefix) string {
	if prefix.IsSingleIP() {
		return prefix.Addr().String()
	}
	return prefix.String()
}

// isLoopback says whether an address that Address accepts can be reached from
// this machine only.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
