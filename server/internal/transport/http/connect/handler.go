// Package connect serves the contract's services over the protocols Connect and
// gRPC-Web (and, over HTTP/2, gRPC), for browsers and tools.
package connect

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	connectcors "connectrpc.com/cors"
	"github.com/rs/cors"
	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// compressBytes is the smallest answer of a single call that is compressed.
// Streams are not: it would be done anew for each listener.
const compressBytes = 1 << 10

// corsMaxAge is how long a browser may remember what is allowed, in seconds; it
// is the longest that browsers accept.
const corsMaxAge = 7200

// Options are what a handler is made of. All must be set.
type Options struct {
	PubSub *rpc.PubSub
	Tokens *rpc.Tokens
	Admin  *rpc.Admin
	Logger *slog.Logger
}

// Handler serves the RPC paths. The request's context says who calls
// (rpc.WithCaller).
type Handler struct {
	http.Handler
	services []string // paths, "/package.Service/"
	options  Options
}

// NewHandler makes a handler.
func NewHandler(o Options) *Handler {
	h := &Handler{options: o}
	mux := http.NewServeMux()
	pubsub := h.service(fastpubsubv1.File_fastpubsub_v1_pubsub_service_proto)
	tokens := h.service(fastpubsubv1.File_fastpubsub_v1_token_service_proto)
	admin := h.service(fastpubsubv1.File_fastpubsub_v1_admin_service_proto)
	for _, m := range []mounted{
		bidirectional(h, pubsub, "Session", h.session),
		unary(h, pubsub, "Publish", o.PubSub.Publish),
		serverStream(h, pubsub, "Subscribe", h.subscribe),
		unary(h, tokens, "CreateToken", o.Tokens.CreateToken),
		unary(h, tokens, "RefreshToken", o.Tokens.RefreshToken),
		unary(h, tokens, "RevokeToken", o.Tokens.RevokeToken),
		unary(h, tokens, "ListTokens", o.Tokens.ListTokens),
		unary(h, admin, "Drain", o.Admin.Drain),
	} {
		mux.Handle(m.procedure, m.handler)
	}
	mux.HandleFunc("/", unknownMethod)
	h.Handler = crossOrigin().Handler(mux)
	return h
}

// service is the only service of a file; its paths are served here.
func (h *Handler) service(file protoreflect.FileDescriptor) protoreflect.ServiceDescriptor {
	service := file.Services().Get(0)
	h.services = append(h.services, "/"+string(service.FullName())+"/")
	return service
}

// Serves says whether a path is one of the RPCs'.
func (h *Handler) Serves(path string) bool {
	for _, service := range h.services {
		if strings.HasPrefix(path, service) {
			return true
		}
	}
	return false
}

// crossOrigin lets pages of any origin call: tokens travel in a header that no
// browser sends by itself, and a token's own list of origins is checked when it
// is used.
func crossOrigin() *cors.Cors {
	return cors.New(cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: connectcors.AllowedMethods(),
		AllowedHeaders: append(connectcors.AllowedHeaders(), "Authorization"),
		ExposedHeaders: connectcors.ExposedHeaders(),
		MaxAge:         corsMaxAge,
	})
}

// mounted is a handler at its path.
type mounted struct {
	procedure string
	handler   http.Handler
}

func procedureOf(m protoreflect.MethodDescriptor) string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}

// settings are the options of a procedure's handler.
func (h *Handler) settings(m protoreflect.MethodDescriptor) []connect.HandlerOption {
	least := compressBytes
	if m.IsStreamingServer() {
		least = math.MaxInt
	}
	return []connect.HandlerOption{
		connect.WithSchema(m),
		connect.WithCodec(binaryCodec{}),
		connect.WithCodec(jsonCodec{jsonName}),
		connect.WithCodec(jsonCodec{jsonName + "; charset=utf-8"}),
		connect.WithReadMaxBytes(2 * h.requestLimit()),
		connect.WithCompressMinBytes(least),
		connect.WithRecover(func(ctx context.Context, spec connect.Spec, _ http.Header, fault any) error {
			return rendered(rpc.Recovered(ctx, h.options.Logger, spec.Procedure, fault))
		}),
	}
}

// requestLimit is the largest message of a single call.
func (h *Handler) requestLimit() int { return rpc.RequestLimit(h.frameLimit()) }

// frameLimit is the largest message of a session.
func (h *Handler) frameLimit() int { return h.options.PubSub.Limits().FrameBytes }
