package config

import (
	"net/url"
	"slices"
)

// URL is an address with one of some schemes and a host, without user, query and
// fragment: a secret in a URL ends up in logs.
func URL(target *string, schemes ...string) Value {
	written := make([]string, len(schemes))
	for i, scheme := range schemes {
		written[i] = scheme + "://"
	}
	parse := func(text string) (string, bool) {
		address, err := url.Parse(text)
		ok := err == nil && slices.Contains(schemes, address.Scheme) && address.Hostname() != "" &&
			address.User == nil && address.RawQuery == "" && address.Fragment == ""
		return text, ok
	}
	accepts := alternatives(written) + " with a host, and without user, query and fragment"
	return &scalar[string]{target: target, kind: "URL", accepts: accepts, parse: parse, format: same}
}
