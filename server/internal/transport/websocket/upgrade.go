package websocket

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// supportedVersion is the one version of the WebSocket protocol (RFC 6455).
const supportedVersion = "13"

// keySize is how many bytes Sec-WebSocket-Key is, once decoded.
const keySize = 16

// IsUpgrade says whether a request wants a WebSocket, in a proper way or not.
func IsUpgrade(r *http.Request) bool {
	return isExtendedConnect(r) || httpguts.HeaderValuesContainsToken(r.Header["Upgrade"], "websocket")
}

// isExtendedConnect says whether it is an upgrade as HTTP/2 has it (RFC 8441).
func isExtendedConnect(r *http.Request) bool {
	return r.Method == http.MethodConnect && strings.EqualFold(r.Header.Get(":protocol"), "websocket")
}

// checkUpgrade finds what is wrong with an upgrade. It may set header fields of
// the answer.
func checkUpgrade(answer http.Header, r *http.Request) *apierror.Error {
	keys := r.Header["Sec-Websocket-Key"]
	switch {
	case r.ProtoMajor != 1 || r.ProtoMinor < 1:
		return badUpgrade("a WebSocket is opened over HTTP/1.1 here, not over " + r.Proto)
	case r.Method != http.MethodGet:
		return badUpgrade("a WebSocket is opened with GET")
	case !httpguts.HeaderValuesContainsToken(r.Header["Upgrade"], "websocket"):
		return badUpgrade("send the header Upgrade: websocket")
	case !httpguts.HeaderValuesContainsToken(r.Header["Connection"], "Upgrade"):
		return badUpgrade("send the header Connection: Upgrade; a proxy in between has to let it pass")
	case r.Header.Get("Sec-WebSocket-Version") != supportedVersion:
		answer.Set("Sec-WebSocket-Version", supportedVersion)
		return badUpgrade("send the header Sec-WebSocket-Version: " + supportedVersion)
	case len(keys) != 1 || !isKey(keys[0]):
		return badUpgrade("send one header Sec-WebSocket-Key with 16 random bytes in base64")
	default:
		return nil
	}
}

func isKey(text string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return err == nil && len(key) == keySize
}

func badUpgrade(message string) *apierror.Error {
	return apierror.New(apierror.RequestInvalid, message)
}

// clientAddr is the address of the client (TK-7).
func (h *Handler) clientAddr(r *http.Request) netip.Addr {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr) // the server's own text; the zero address is in no mask
	return admission.ClientIP(peer.Addr(), r.Header.Values("X-Forwarded-For"), h.options.TrustedProxies)
}
