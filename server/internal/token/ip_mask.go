package token

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// ipv4MappedBits is how many bits of an IPv4-mapped IPv6 address (::ffff:a.b.c.d)
// stand before the IPv4 address (RFC 4291, section 2.5.5.2).
const ipv4MappedBits = 96

// ParseIPMask reads a single address or a CIDR block, IPv4 or IPv6. A single
// address is the block of itself alone; bits behind the prefix length may be set
// and do not count; an IPv4-mapped block is the IPv4 block. The error's text says
// what is accepted.
func ParseIPMask(text string) (netip.Prefix, error) {
	prefix, err := parseBlock(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return UnmapPrefix(prefix).Masked(), nil
}

func parseBlock(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return netip.Prefix{}, fmt.Errorf("%q is no CIDR block; accepted are blocks like 192.0.2.0/24 or 2001:db8::/32", text)
		}
		return prefix, nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no IP address; accepted are addresses like 192.0.2.1 or 2001:db8::1, and CIDR blocks like 192.0.2.0/24", text)
	}
	if addr.Zone() != "" {
		return netip.Prefix{}, errors.New("an address with a zone is not accepted; leave out the % and what follows it")
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}

// UnmapPrefix is the IPv4 block that an IPv4-mapped block means, and any other
// block as it is.
func UnmapPrefix(prefix netip.Prefix) netip.Prefix {
	if prefix.Addr().Is4In6() && prefix.Bits() >= ipv4MappedBits {
		return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-ipv4MappedBits)
	}
	return prefix
}
