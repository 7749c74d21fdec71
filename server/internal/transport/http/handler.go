package http

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/connect"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/rest"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// requestTimeout is how long a client may take to send a request's body. Streams
// have no such end.
const requestTimeout = 30 * time.Second

// Options are what the handler is made of. What is not said to be optional must
// be set.
type Options struct {
	PubSub *rpc.PubSub
	Tokens *rpc.Tokens
	Admin  *rpc.Admin
	Logger *slog.Logger
	// WebSocket serves the upgrades on / and /ws that IsUpgrade recognizes.
	WebSocket http.Handler
	// IsUpgrade says whether a request asks to become a WebSocket.
	IsUpgrade func(*http.Request) bool
	// Readiness says why the server takes no clients now; nil: it does. Any
	// goroutine calls it; it should be quick.
	Readiness func(context.Context) error
	// Gatherer gives the metrics of /metrics; nil: they are served elsewhere.
	Gatherer prometheus.Gatherer
	// PublicHosts are what GET / answers, each "host:port"; none: 404.
	PublicHosts []string
	// TrustedProxies are the peers whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
}

// NewHandler makes the handler of the whole port.
func NewHandler(o Options) http.Handler {
	handlers := rest.Handlers(o.Tokens, o.Admin, o.Logger)
	swagger, assets := page()
	handlers[route.Ping] = http.HandlerFunc(ping)
	handlers[route.Health] = http.HandlerFunc(alive)
	handlers[route.Readiness] = readiness(o.Readiness)
	handlers[route.Metrics] = metrics(o.Gatherer)
	handlers[route.Discovery] = discovery(o.PublicHosts, time.Now())
	handlers[route.WebSocket] = http.HandlerFunc(upgradeRequired)
	handlers[route.OpenAPI] = http.HandlerFunc(document)
	handlers[route.SwaggerUI] = swagger
	router := newRouter(handlers)
	router.Handle(pagePath+"/{$}", swagger)
	router.Handle(pagePath+"/", assets)
	plain := recovering(o.Logger, router)
	rpcs := connect.NewHandler(connect.Options{PubSub: o.PubSub, Tokens: o.Tokens, Admin: o.Admin, Logger: o.Logger})
	return o.dispatch(plain, rpcs)
}

// dispatch gives a request to the part of the port that serves it, and says who
// calls.
func (o Options) dispatch(plain http.Handler, rpcs *connect.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(requestTimeout)) // every server of ours can
		if (r.URL.Path == "/" || r.URL.Path == "/ws") && o.IsUpgrade(r) {
			o.WebSocket.ServeHTTP(w, r) // the deadline ends when it takes the connection over
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r = r.WithContext(rpc.WithCaller(r.Context(), callerOf(r, o.TrustedProxies)))
		if rpcs.Serves(r.URL.Path) {
			rpcs.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}

// recovering answers INTERNAL for a handler that panics before it has answered,
// and cuts the answer off otherwise.
func recovering(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &answer{ResponseWriter: w}
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is panicked as it is
				panic(fault)
			}
			err := rpc.Recovered(r.Context(), logger, r.Method+" "+r.URL.Path, fault)
			if answer.begun {
				panic(http.ErrAbortHandler)
			}
			apierror.WriteProblem(w, err)
		}()
		next.ServeHTTP(answer, r)
	})
}

// answer is a ResponseWriter that knows whether the answer has begun.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController see the writer behind.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
