package token_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

func TestParseOrigin(t *testing.T) { // TK-6
	tests := map[string]string{ // "": refused
		"https://app.example.com":       "https://app.example.com",
		"https://app.example.com:8443":  "https://app.example.com:8443",
		"http://localhost:3000":         "http://localhost:3000",
		"HTTPS://App.Example.COM":       "https://app.example.com",
		"https://app.example.com:443":   "https://app.example.com",
		"http://app.example.com:80":     "http://app.example.com",
		"http://app.example.com:443":    "http://app.example.com:443",
		"https://app.example.com:0443":  "https://app.example.com",
		"http://127.0.0.1:3000":         "http://127.0.0.1:3000",
		"http://[::1]:3000":             "http://[::1]:3000",
		"http://[2001:DB8:0::1]":        "http://[2001:db8::1]",
		"capacitor://localhost":         "capacitor://localhost",
		"chrome-extension://abcdefghij": "chrome-extension://abcdefghij",
		"https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
		"":                              "",
		"*":                             "",
		"null":                          "",
		"app.example.com":               "",
		"app.example.com:443":           "",
		"//app.example.com":             "",
		"https:app.example.com":         "",
		"https://":                      "",
		"https://:443":                  "",
		"https://app.example.com/":      "",
		"https://app.example.com/a":     "",
		"https://app.example.com?a":     "",
		"https://app.example.com#":      "",
		"https://u:p@app.example.com":   "",
		"https://@app.example.com":      "",
		"https://app.example.com:":      "",
		"https://app.example.com:0":     "",
		"https://app.example.com:65536": "",
		"https://app.example.com:http":  "",
		"https://*.example.com":         "",
		"https://bücher.example":        "",
		"https://app.example.com ":      "",
		" https://app.example.com":      "",
		"https://a b":                   "",
		"https://a%20b":                 "",
		"https://a,b":                   "",
		"http://[fe80::1%25eth0]":       "",
		"http://[::1":                   "",
		"://app.example.com":            "",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			origin, err := token.ParseOrigin(text)
			if want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, want, origin)
		})
	}
}

func FuzzParseOrigin(f *testing.F) { // TK-6
	for _, seed := range []string{"", "*", "https://a.example", "HTTPS://A:443", "http://[::1]:80", "a:b", "x://y/z", "http://h:00080"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, err := token.ParseOrigin(text)
		if err != nil {
			assert.Empty(t, origin)
			return
		}
		again, err := token.ParseOrigin(origin)
		require.NoError(t, err)
		assert.Equal(t, origin, again)
	})
}
