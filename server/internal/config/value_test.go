package config

import (
	"math"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int{
		"0": 0, "65535": 65535, "65535B": 65535, "64KiB": 65536, "64 kib": 65536, " 8MiB ": 8 << 20, "1GiB": 1 << 30,
	} {
		size, ok := ParseSize(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, size, text)
	}
	for _, text := range []string{"", "KiB", "-1", "1.5MiB", "8MB", "8M", "8k", "0x10", "99999999999GiB", "1KiB 2"} {
		_, ok := ParseSize(text)
		assert.False(t, ok, text)
	}
}

func FuzzSize(f *testing.F) {
	for _, seed := range []string{"0", "65535", "64KiB", "8 MiB", "1gib", "12b", "-1", strconv.Itoa(math.MaxInt)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, ok := ParseSize(text)
		if !ok {
			return
		}
		again, ok := ParseSize(FormatSize(size))
		assert.True(t, ok)
		assert.Equal(t, size, again)
	})
}

func TestFormatDuration(t *testing.T) {
	for want, span := range map[string]time.Duration{
		"0s": 0, "24h": 24 * time.Hour, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "1m30s": 90 * time.Second,
		"20s": 20 * time.Second, "100ms": 100 * time.Millisecond, "1h0m5s": time.Hour + 5*time.Second, "10h10m": 610 * time.Minute,
	} {
		assert.Equal(t, want, FormatDuration(span))
		parsed, err := time.ParseDuration(want)
		require.NoError(t, err)
		assert.Equal(t, span, parsed)
	}
}

func TestPrefixes(t *testing.T) {
	var prefixes []netip.Prefix
	value := Prefixes(&prefixes)
	require.NoError(t, value.Set([]string{"10.1.2.3/8", "::ffff:10.0.0.1", "2001:db8::1", "fd00::/8"}))
	assert.Equal(t, []string{"10.0.0.0/8", "10.0.0.1", "2001:db8::1", "fd00::/8"}, value.Texts())
	for _, text := range []string{"", "10.0.0", "fe80::1%eth0", "example.com"} {
		assert.Error(t, value.Set([]string{"10.0.0.1", text}), text)
	}
	assert.Len(t, prefixes, 4, "a refused list changes nothing")
}

func TestURL(t *testing.T) {
	var address string
	value := URL(&address, "ws", "wss")
	for _, text := range []string{"ws://127.0.0.1:8080/ws", "wss://example.com", "ws://[::1]:80/"} {
		assert.NoError(t, value.Set([]string{text}), text)
		assert.Equal(t, text, address)
	}
	for _, text := range []string{"", "127.0.0.1:8080", "http://x", "ws://", "ws:///ws", "ws://u:p@x", "ws://x?token=y", "ws://x#y", "ws://x:y"} {
		assert.Error(t, value.Set([]string{text}), text)
	}
	assert.Equal(t, "ws:// or wss:// with a host, and without user, query and fragment", value.Accepts())
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:0": true, "127.9.9.9:80": true, "[::1]:80": true, "localhost:80": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1:80": false, "example.com:80": false, "x": false,
	} {
		assert.Equal(t, want, isLoopback(address), address)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"http-addr", "grpc-addr", "log-level", "log-format"}
	for name, want := range map[string]string{
		"htpp-addr": "http-addr", "HTTP-ADDR": "http-addr", "http_addr": "http-addr", "loglevel": "log-level", "colour": "", "": "",
	} {
		assert.Equal(t, want, Nearest(name, known), name)
	}
}

func TestTime(t *testing.T) {
	var point time.Time
	value := Time(&point, "none")
	assert.Equal(t, []string{""}, value.Texts())
	for _, text := range []string{"2026-01-31T12:00:00Z", "2026-01-31T13:00:00.5+01:00"} {
		require.NoError(t, value.Set([]string{text}))
		assert.Equal(t, []string{text}, value.Texts())
	}
	for _, text := range []string{"tomorrow", "2026-01-31", "2026-01-31 12:00:00", "1767225600"} {
		assert.Error(t, value.Set([]string{text}), text)
	}
	require.NoError(t, value.Set([]string{""}))
	assert.True(t, point.IsZero())
}
