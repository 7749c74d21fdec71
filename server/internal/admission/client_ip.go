package admission

import (
	"net/netip"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// ClientIP is the address that a client comes from (TK-7): the peer's, unless the
// peer is a trusted proxy. Then it is the right-most address of X-Forwarded-For
// that is not a trusted proxy's: each proxy adds on the right whom it heard from,
// and what stands left of an untrusted address is its word alone.
//
// forwardedFor are the values of all X-Forwarded-For headers, in order. An entry may
// have a port and brackets. At an entry that is no address the search ends with the
// trusted proxy that passed it on, and when all addresses are trusted it ends with
// the left-most. Zones are left out, IPv4-mapped addresses are IPv4 addresses.
func ClientIP(peer netip.Addr, forwardedFor []string, trusted []netip.Prefix) netip.Addr {
	client := plainIP(peer)
	for i := len(forwardedFor) - 1; i >= 0; i-- {
		entries := forwardedFor[i]
		for entries != "" {
			if !isTrusted(client, trusted) {
				return client
			}
			comma := strings.LastIndexByte(entries, ',')
			entry := strings.Trim(entries[comma+1:], " \t")
			entries = entries[:max(comma, 0)]
			if entry == "" {
				continue // RFC 9110, section 5.6.1: empty list elements do not count
			}
			ip, ok := forwardedIP(entry)
			if !ok {
				return client
			}
			client = ip
		}
	}
	return client
}

// forwardedIP reads one entry: an address, with or without a port, an IPv6 address
// perhaps in brackets.
func forwardedIP(entry string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return plainIP(withPort.Addr()), true
	}
	if inner, ok := strings.CutPrefix(entry, "["); ok {
		if entry, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(entry, ":") {
			return netip.Addr{}, false
		}
	}
	ip, err := netip.ParseAddr(entry)
	return plainIP(ip), err == nil
}

func isTrusted(ip netip.Addr, trusted []netip.Prefix) bool {
	for _, prefix := range trusted {
		if token.UnmapPrefix(prefix).Contains(ip) {
			return true
		}
	}
	return false
}

// plainIP is an address without a zone, as IPv4 if it is one.
func plainIP(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }
