package websocket

import (
	"net/http"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// tokenPrefix marks the entry of Sec-WebSocket-Protocol that is a token.
const tokenPrefix = "at."

const protocolHeader = "Sec-Websocket-Protocol"

// offer is what a client offers in Sec-WebSocket-Protocol.
type offer struct {
	// protocol is what will be spoken.
	protocol *protocol
	// named says whether the client named it: the answer then does, too.
	named bool
	// token is the token among the entries; empty: there is none.
	token string
}

// readOffer reads the list, which may be split over several headers. A client
// that names none gets llps.v1, and so does one that names both: that answer is
// what existing clients were promised (LP-5).
func readOffer(header http.Header) (offer, *apierror.Error) {
	o := offer{protocol: llpsProtocol}
	offered := false
	for _, entry := range entries(header) {
		token, isToken := strings.CutPrefix(entry, tokenPrefix)
		switch {
		case isToken && o.token == "":
			o.token, offered = token, true
		case entry == llpsProtocol.name:
			o.protocol, o.named = llpsProtocol, true
		case entry == sessionProtocol.name && !o.named:
			o.protocol, o.named = sessionProtocol, true
		default:
			offered = true
		}
	}
	if offered && !o.named {
		return o, apierror.Newf(apierror.RequestInvalid,
			"Sec-WebSocket-Protocol names no protocol that the server speaks; add %q or %q", llpsProtocol.name, sessionProtocol.name)
	}
	return o, nil
}

func entries(header http.Header) []string {
	var list []string
	for _, value := range header[protocolHeader] {
		for entry := range strings.SplitSeq(value, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				list = append(list, entry)
			}
		}
	}
	return list
}

// subprotocols are those that the library may choose from.
func (o offer) subprotocols() []string {
	if !o.named {
		return nil
	}
	return []string{o.protocol.name}
}

// request is r as the library should see it: it offers what has been chosen, in
// the very spelling, and carries no token.
func (o offer) request(r *http.Request) *http.Request {
	chosen := r.WithContext(r.Context())
	chosen.Header = r.Header.Clone()
	chosen.Header.Del("Authorization")
	chosen.Header[protocolHeader] = o.subprotocols()
	return chosen
}

// bearer is the token of an Authorization header; empty: it holds none.
func bearer(authorization string) string {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
