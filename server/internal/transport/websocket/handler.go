package websocket

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// Options are what a handler is made of.
type Options struct {
	// Registry admits clients and opens their sessions.
	Registry *session.Registry
	// TrustedProxies are the peers whose X-Forwarded-For counts (TK-7).
	TrustedProxies []netip.Prefix
	// KeepAlive is the time between keep-alive pings. A peer of whom nothing has
	// been heard for two pings is gone. 0: no pings, and no peer is ever gone.
	KeepAlive time.Duration
	// Logger takes what is wrong with the server itself. Nil: nothing is logged.
	Logger *slog.Logger
}

// Handler upgrades requests to WebSockets and serves their sessions. It must be
// given upgrades only (IsUpgrade), on whatever paths.
type Handler struct {
	options     Options
	keeper      *keeper
	connections sync.WaitGroup // the goroutines of connections
}

// New makes a handler.
func New(o Options) *Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{options: o, keeper: newKeeper(o.KeepAlive)}
}

// Wait returns once all connections are closed and nothing of them is left
// running. The registry ends the sessions; there must be no more upgrades.
func (h *Handler) Wait() { h.connections.Wait() }

// ServeHTTP answers an upgrade. A refusal is an HTTP error, never an upgrade
// that is closed again, unless the server changes its mind in between. The
// connection outlives the call.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.connections.Add(1)
	defer h.connections.Done()
	if err := checkUpgrade(w.Header(), r); err != nil {
		apierror.WriteProblem(w, err)
		return
	}
	o, err := readOffer(r.Header)
	if err != nil {
		apierror.WriteProblem(w, err)
		return
	}
	peer := session.Peer{Addr: h.clientAddr(r), Origin: r.Header.Get("Origin"), Wire: o.protocol.wire}
	admitted, refusal := h.options.Registry.Admit(r.Context(), credentials(r, o, peer))
	if refusal != nil {
		apierror.WriteProblem(w, refusal)
		return
	}
	if c := h.upgrade(w, r, o); c != nil {
		h.open(r.Context(), c, admitted, peer)
	}
}

// credentials are what the client shows: a bad token in the Authorization header
// gives way to the one among the subprotocols (LP-2).
func credentials(r *http.Request, o offer, peer session.Peer) admission.Credentials {
	return admission.Credentials{
		Token: bearer(r.Header.Get("Authorization")), Fallback: o.token, IP: peer.Addr, Origin: peer.Origin,
	}
}

// upgrade makes the connection; nil: the client has been told why not.
func (h *Handler) upgrade(w http.ResponseWriter, r *http.Request, o offer) *conn {
	c := newConn(h, o.protocol)
	if err := c.accept(w, o.request(r), o.subprotocols()); err != nil {
		h.options.Logger.Debug("upgrade failed", "peer", r.RemoteAddr, "error", err)
		return nil
	}
	return c
}

// open starts the session of a connection that has been upgraded.
func (h *Handler) open(ctx context.Context, c *conn, admitted *admission.Admission, peer session.Peer) {
	opened, err := h.options.Registry.Open(ctx, admitted, peer, c.codec, c)
	if err != nil {
		c.refuse(apierror.From(err))
		return
	}
	c.session = opened
	h.keeper.add(c)
	h.connections.Go(c.read)
}
