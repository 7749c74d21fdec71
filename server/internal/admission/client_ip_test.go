package admission_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
)

var proxies = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:aa::/48"), netip.MustParsePrefix("::ffff:172.16.0.0/108"),
}

func TestClientIP(t *testing.T) { // TK-7
	tests := map[string]struct {
		peer         string
		forwardedFor []string
		want         string
	}{
		"no proxy":                          {"192.0.2.1", nil, "192.0.2.1"},
		"an untrusted peer's word":          {"192.0.2.1", []string{"198.51.100.1"}, "192.0.2.1"},
		"a proxy, no header":                {"10.0.0.1", nil, "10.0.0.1"},
		"a proxy, an empty header":          {"10.0.0.1", []string{""}, "10.0.0.1"},
		"a proxy":                           {"10.0.0.1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a client's own claim":              {"10.0.0.1", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"a client that claims to be inside": {"10.0.0.1", []string{"10.0.0.9, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":                       {"10.0.0.1", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"two proxies, a claim":              {"10.0.0.1", []string{"203.0.113.9,198.51.100.1,10.0.0.2"}, "198.51.100.1"},
		"several headers":                   {"10.0.0.1", []string{"203.0.113.9", "198.51.100.1, 10.0.0.3", "10.0.0.2"}, "198.51.100.1"},
		"everyone is trusted":               {"10.0.0.1", []string{"10.0.0.4, 10.0.0.3", "10.0.0.2"}, "10.0.0.4"},
		"empty entries":                     {"10.0.0.1", []string{", 198.51.100.1 ,, 10.0.0.2,\t", "", " , "}, "198.51.100.1"},
		"no word":                           {"10.0.0.1", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		"no word, behind a proxy":           {"10.0.0.1", []string{"198.51.100.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		"a word that does not matter":       {"10.0.0.1", []string{"unknown, 198.51.100.1"}, "198.51.100.1"},
		"a port":                            {"10.0.0.1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"a trusted one with a port":         {"10.0.0.1", []string{"198.51.100.1, 10.0.0.2:80"}, "198.51.100.1"},
		"IPv6":                              {"10.0.0.1", []string{"2001:DB8::1"}, "2001:db8::1"},
		"IPv6 in brackets":                  {"10.0.0.1", []string{"[2001:db8::1]"}, "2001:db8::1"},
		"IPv6 in brackets, a port":          {"10.0.0.1", []string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		"IPv6 with a zone":                  {"10.0.0.1", []string{"fe80::1%eth0"}, "fe80::1"},
		"IPv4 in brackets":                  {"10.0.0.1", []string{"[198.51.100.1]"}, "10.0.0.1"},
		"an open bracket":                   {"10.0.0.1", []string{"[2001:db8::1"}, "10.0.0.1"},
		"quotes":                            {"10.0.0.1", []string{`"198.51.100.1"`}, "10.0.0.1"},
		"a port that is none":               {"10.0.0.1", []string{"198.51.100.1:99999"}, "10.0.0.1"},
		"two addresses without a comma":     {"10.0.0.1", []string{"198.51.100.1 198.51.100.2"}, "10.0.0.1"},
		"a mapped client":                   {"10.0.0.1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"a mapped peer":                     {"::ffff:192.0.2.1", nil, "192.0.2.1"},
		"a mapped proxy":                    {"::ffff:10.0.0.1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy of a mapped block":         {"172.16.0.1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy of IPv6":                   {"2001:db8:aa::1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy of IPv6 with a zone":       {"2001:db8:aa::1%eth0", []string{"198.51.100.1"}, "198.51.100.1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := admission.ClientIP(netip.MustParseAddr(test.peer), test.forwardedFor, proxies)
			assert.Equal(t, netip.MustParseAddr(test.want), got)
		})
	}
	assert.Equal(t, netip.Addr{}, admission.ClientIP(netip.Addr{}, []string{"198.51.100.1"}, proxies), "an unknown peer stays unknown")
	assert.Equal(t, netip.MustParseAddr("10.0.0.1"), admission.ClientIP(netip.MustParseAddr("10.0.0.1"), []string{"198.51.100.1"}, nil), "no proxy is trusted")
}

// Whatever a client writes in front, it counts as nothing behind an untrusted
// address.
func FuzzClientIP(f *testing.F) { // TK-7
	for _, seed := range []string{"", ",", "198.51.100.1", "10.0.0.2", "[::1]:80", "a, [, ]", "::ffff:10.0.0.1,x", "fe80::1%a,", strings.Repeat("10.0.0.1,", 50)} {
		f.Add(seed, seed, "192.0.2.1")
	}
	peer := netip.MustParseAddr("10.0.0.1")
	f.Fuzz(func(t *testing.T, first, second, peerText string) {
		got := admission.ClientIP(peer, []string{first, second}, proxies)
		assert.True(t, got.IsValid())
		assert.False(t, got.Is4In6())
		assert.Empty(t, got.Zone())
		assert.Equal(t, got, admission.ClientIP(peer, []string{first + "," + second}, proxies), "several headers are one list")

		client := netip.MustParseAddr("198.51.100.1")
		assert.Equal(t, client, admission.ClientIP(peer, []string{first, second, client.String() + ", 10.0.0.2"}, proxies))
		assert.Equal(t, client, admission.ClientIP(client, []string{first, second}, proxies))
		if other, err := netip.ParseAddr(peerText); err == nil {
			assert.True(t, admission.ClientIP(other, []string{first, second}, proxies).IsValid())
		}
	})
}
