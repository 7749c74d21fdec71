package token

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const originForm = "accepted is scheme://host or scheme://host:port, like https://app.example.com"

// defaultPorts are the ports that a browser leaves out of an Origin header.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// ParseOrigin reads a web origin and returns it as a browser writes it in the
// Origin header: lower case, without the scheme's default port. The error's text
// says what is accepted.
func ParseOrigin(text string) (string, error) {
	parsed, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%q is no web origin; %s", text, originForm)
	}
	if err := checkOriginParts(text, parsed); err != nil {
		return "", err
	}
	host, err := originHost(parsed.Hostname())
	if err != nil {
		return "", err
	}
	scheme := strings.ToLower(parsed.Scheme)
	port, err := originPort(parsed.Port(), scheme)
	if err != nil {
		return "", err
	}
	return scheme + "://" + host + port, nil
}

// checkOriginParts refuses what has other parts than scheme, host and port, or
// lacks one of the first two.
func checkOriginParts(text string, parsed *url.URL) error {
	_, authority, _ := strings.Cut(text, "://")
	switch {
	case text == "*":
		return errors.New("wildcards are not accepted; an empty list allows every origin")
	case parsed.Scheme == "" || parsed.Hostname() == "":
		return fmt.Errorf("%q is no web origin; %s", text, originForm)
	case strings.ContainsAny(authority, "/?#@"):
		return fmt.Errorf("%q has more than scheme, host and port, even if it is just a slash at the end; %s", text, originForm)
	case strings.HasSuffix(authority, ":"):
		return fmt.Errorf("%q has a colon and no port behind it; %s", text, originForm)
	}
	return nil
}

func originHost(host string) (string, error) {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		if addr.Zone() != "" {
			return "", errors.New("an address with a zone is not accepted")
		}
		return "[" + addr.String() + "]", nil
	}
	host = strings.ToLower(host)
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.', c == '_':
		case c == '*':
			return "", fmt.Errorf("the host %q has a wildcard; name each origin in full", host)
		default:
			return "", fmt.Errorf("the host %q has characters that are not accepted; write an international name in its xn-- form", host)
		}
	}
	return host, nil
}

func originPort(port, scheme string) (string, error) {
	if port == "" || port == defaultPorts[scheme] {
		return "", nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return "", fmt.Errorf("%q is no port; accepted are 1 to 65535", port)
	}
	if port = strconv.FormatUint(number, 10); port == defaultPorts[scheme] {
		return "", nil
	}
	return ":" + port, nil
}
