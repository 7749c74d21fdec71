package http

import (
	"net/http"
	"net/netip"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// callerOf is who makes a request.
func callerOf(r *http.Request, trusted []netip.Prefix) rpc.Caller {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr) // what is no IP address stays unknown
	return rpc.Caller{
		Bearer: rpc.Bearer(r.Header.Values("Authorization")),
		Addr:   admission.ClientIP(peer.Addr(), r.Header.Values("X-Forwarded-For"), trusted),
		Origin: r.Header.Get("Origin"),
	}
}
